#include "search/Query.h"

#include "search/Document.h"

#include <coffer/sdk/Text.h>

#include <algorithm>

namespace coffer::backup_credentials::search {

namespace {

constexpr std::size_t trigram = 3;

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text)
        out.append(c == '"' ? 2 : 1, c);
    return out += '"';
}

std::string anyOf(const std::vector<std::int64_t>& organizations) {
    std::string out = "{organization} : (";
    for (std::size_t i = 0; i < organizations.size(); ++i)
        out += (i ? " OR " : "") + quoted(organizationCode(organizations[i]));
    return out += ')';
}

std::string inDocument(std::string_view term) {
    return codePoints(term) < trigram ? "{beginnings} : " + quoted(beginningCode(term))
                                      : "{text} : " + quoted(term);
}

} // namespace

std::vector<std::string> terms(std::string_view typed) {
    std::vector<std::string> out;
    const std::string form = foldedText(typed).value_or("");
    constexpr std::string_view space = " \t\n\v\f\r";
    for (std::size_t at = form.find_first_not_of(space); at != std::string::npos;) {
        const std::size_t end = form.find_first_of(space, at);
        out.push_back(form.substr(at, end - at));
        at = form.find_first_not_of(space, end);
    }
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

bool matches(std::string_view term, std::string_view foldedText) {
    if (codePoints(term) >= trigram)
        return foldedText.find(term) != std::string_view::npos;
    for (std::size_t at = foldedText.find(term); at != std::string_view::npos;
         at = foldedText.find(term, at + 1)) {
        if (at == 0)
            return true;
        std::size_t before = at - 1;
        while (before > 0 && (static_cast<unsigned char>(foldedText[before]) & 0xC0U) == 0x80U)
            --before;
        if (beginsWithWordCharacter(term) && !beginsWithWordCharacter(foldedText.substr(before)))
            return true;
    }
    return false;
}

std::optional<std::string> expression(const std::vector<std::string>& terms, const OrganizationScope& scope,
                                      const std::vector<NamedOrganization>& organizations) {
    std::vector<std::string> parts;
    for (const auto& term : terms) {
        std::vector<std::int64_t> named;
        for (const auto& [id, name] : organizations)
            if (matches(term, name))
                named.push_back(id);
        if (!named.empty() && named.size() == organizations.size())
            continue;
        parts.push_back(named.empty() ? "(" + inDocument(term) + ")"
                                      : "((" + inDocument(term) + ") OR (" + anyOf(named) + "))");
    }
    if (parts.empty())
        return std::nullopt;
    if (!scope.all)
        parts.insert(parts.begin(), "(" + anyOf(scope.organizations) + ")");
    std::string out = parts.front();
    for (std::size_t i = 1; i < parts.size(); ++i)
        out += " AND " + parts[i];
    return out;
}

} // namespace coffer::backup_credentials::search
