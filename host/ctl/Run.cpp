#include "host/ctl/Run.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <limits>

namespace coffer::ctl {

std::vector<std::string> columnsOf(const SortKeys& keys) {
    std::vector<std::string> out;
    for (const auto& [column, key] : keys)
        out.push_back(column);
    return out;
}

Run::Run(Invocation invocation, const Terminal& terminal)
    : invocation_(std::move(invocation)), terminal_(terminal), output_(invocation_, terminal) {}

Client& Run::client() {
    if (!client_) {
        const std::chrono::seconds timeout(std::max(1LL, invocation_.number("timeout").value_or(30)));
        client_ = std::make_unique<Client>(accessFor(invocation_, terminal_), terminal_,
                                           Client::Options{timeout, isDryRun()});
        client_->onlyVersion(option("if-version"));
    }
    return *client_;
}

Names& Run::names() {
    if (!names_)
        names_.emplace(client());
    return *names_;
}

std::string Run::organizationForNew() {
    if (const auto chosen = names().chosenOrganization(); !chosen.empty())
        return chosen;
    std::vector<std::pair<std::string, std::string>> all;
    client().each(
        "/organizations", {},
        [&](const Json& row) {
            all.emplace_back(text(row, "id"), text(row, "name"));
            return all.size() < 20;
        },
        20);
    if (all.size() == 1)
        return all.front().first;
    if (all.empty())
        throw UsageError("There is no organization yet, or none that is yours to see",
                         "Make one: cofferctl organizations add NAME");
    std::string known;
    for (const auto& [id, name] : all)
        known += (known.empty() ? "" : ", ") + name + " (" + id + ")";
    if (!terminal_.canAsk())
        throw UsageError("Which organization?", "Add --organization NAME. There are " + known);
    return names().organization(terminal_.ask("Organization: " + known + "; which"));
}

std::string Run::optionOrAsk(std::string_view name, const std::string& question,
                             const std::string& preset) const {
    if (const auto value = invocation_.option(name))
        return *value;
    if (!terminal_.canAsk())
        throw UsageError("--" + std::string(name) + " is missing", usageLine(invocation_.command()));
    return terminal_.ask(question, preset);
}

void Run::confirm(const std::string& question) const {
    if (has("yes") || isDryRun())
        return;
    if (!terminal_.canAsk())
        throw UsageError("Nobody is there to confirm it: " + question, "Add --yes when you are sure.");
    if (!terminal_.confirm(question))
        throw Failure(Exit::refused, "Nothing was done");
}

Exit Run::list(const std::string& path, const Query& query, const Shape& shape, const SortKeys& sortKeys) {
    constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
    const auto limit = invocation_.number("limit");
    if (limit && *limit < 1)
        throw UsageError("--limit takes a number from 1");
    if (limit && has("all"))
        throw UsageError("--limit and --all exclude each other");
    const bool isWhole = has("all") || (!limit && !output_.isForPeople());
    const std::size_t most = isWhole ? everything : limit ? static_cast<std::size_t>(*limit) : 50;
    Query asked = query;
    Output::List list(output_, shape);
    const std::string sort = option("sort");
    const std::string column = sort.starts_with('-') ? sort.substr(1) : sort;
    const auto key = std::ranges::find(sortKeys, column, &std::pair<std::string, std::string>::first);
    const bool isSortedThere = key != sortKeys.end();
    if (isSortedThere)
        asked["sort"] = (column == sort ? "" : "-") + key->second;
    else if (!sort.empty())
        list.sortBy(sort);
    std::size_t count = 0;
    bool isCut = false;
    const Total total = client().each(
        path, asked,
        [&](const Json& row) {
            isCut = count == most;
            if (isCut)
                return false;
            list.add(row);
            ++count;
            return true;
        },
        // One more than is shown tells whether there are more.
        most == everything ? 500 : most + 1);
    if (isCut && !sort.empty() && !isSortedThere)
        throw UsageError("By " + column + " only all of them can be sorted",
                         "Add --all." + (sortKeys.empty() ? std::string()
                                                          : " The daemon itself sorts by " +
                                                                joined(columnsOf(sortKeys), ", ") + "."));
    list.end(total, isCut);
    return Exit::done;
}

} // namespace coffer::ctl
