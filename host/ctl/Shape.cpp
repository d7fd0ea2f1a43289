#include "host/ctl/Shape.h"

#include "host/ctl/Failure.h"
#include "host/ctl/Text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <numeric>

namespace coffer::ctl {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 6;

/// `accessKeyId` as people write it: `access key id`.
std::string label(const Column& column) {
    std::string out;
    for (const char c : column.name) {
        if (c >= 'A' && c <= 'Z')
            out.append(1, ' ').append(1, static_cast<char>(c - 'A' + 'a'));
        else
            out += c == '.' ? ' ' : c;
    }
    return out;
}

std::string heading(const Column& column) {
    std::string out = label(column);
    for (char& c : out)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

/// Which columns of a table are shown, and how wide.
class Layout {
public:
    Layout(const std::vector<Column>& columns, std::vector<std::size_t> natural)
        : columns_(columns), natural_(std::move(natural)), widths_(natural_), isShown_(columns.size(), true) {
    }

    void fit(std::size_t most) {
        do {
            widths_ = natural_;
            // No cell is crippled while a column can be left out.
            shrink(most, 24);
        } while (total() > most && dropOne());
        shrink(most, narrowest);
    }
    [[nodiscard]] std::size_t width(std::size_t column) const { return widths_[column]; }
    [[nodiscard]] bool isShown(std::size_t column) const { return isShown_[column]; }

private:
    [[nodiscard]] std::size_t total() const {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < widths_.size(); ++i)
            if (isShown_[i])
                sum += widths_[i] + (sum == 0 ? 0 : gap);
        return sum;
    }
    void shrink(std::size_t most, std::size_t least) {
        while (total() > most) {
            const auto widest = widestShown();
            if (widths_[widest] <= least)
                return;
            --widths_[widest];
        }
    }
    [[nodiscard]] std::size_t widestShown() const {
        std::size_t widest = 0;
        for (std::size_t i = 0; i < widths_.size(); ++i)
            if (isShown_[i] && (!isShown_[widest] || widths_[i] > widths_[widest]))
                widest = i;
        return widest;
    }
    bool dropOne() {
        for (std::size_t i = widths_.size(); i-- > 0;)
            if (isShown_[i] && !columns_[i].isKept) {
                isShown_[i] = false;
                return true;
            }
        return false;
    }

    const std::vector<Column>& columns_;
    const std::vector<std::size_t> natural_;
    std::vector<std::size_t> widths_;
    std::vector<bool> isShown_;
};

/// The head, then the rows.
std::vector<std::vector<std::string>> cellsOf(const std::vector<Column>& columns,
                                              const std::vector<const Json*>& rows) {
    std::vector<std::vector<std::string>> cells(1);
    for (const auto& column : columns)
        cells.front().push_back(heading(column));
    for (const Json* row : rows) {
        auto& line = cells.emplace_back();
        for (const auto& column : columns)
            line.push_back(column.shown(*row));
    }
    return cells;
}

std::vector<std::size_t> naturalWidths(const std::vector<std::vector<std::string>>& cells) {
    std::vector<std::size_t> out(cells.front().size());
    for (const auto& line : cells)
        for (std::size_t i = 0; i < line.size(); ++i)
            out[i] = std::max(out[i], displayWidth(line[i]));
    return out;
}

} // namespace

std::string Column::raw(const Json& row) const {
    const Json* value = member(row, path.empty() ? name : path);
    if (!value || value->IsNull())
        return {};
    return value->IsObject() || value->IsArray() ? compactJson(*value) : text(*value);
}

std::string Column::shown(const Json& row) const {
    const std::string out = cell ? cell(row) : isTime ? localTime(raw(row)) : raw(row);
    return out.empty() ? "-" : printable(out, cell ? "\n" : "");
}

std::string localTime(const std::string& rfc3339) {
    std::tm parts{};
    if (std::sscanf(rfc3339.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                    &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6 ||
        rfc3339.back() != 'Z')
        return rfc3339;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    const std::time_t instant = ::timegm(&parts);
    std::tm local{};
    ::localtime_r(&instant, &local);
    std::array<char, 32> out{};
    return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M", &local)};
}

std::string nameReference(const std::string& name) {
    return isNumber(name) || name.starts_with("name:") ? "name:" + name : name;
}

std::vector<Column> chosenColumns(const Shape& shape, const std::string& names, Column::View view) {
    std::vector<Column> out;
    if (names.empty()) {
        std::ranges::copy_if(shape.columns, std::back_inserter(out),
                             [&](const Column& column) { return column.view <= view; });
        return out;
    }
    for (const auto& name : split(names, ',')) {
        const auto found = std::ranges::find(shape.columns, trimmed(name), &Column::name);
        if (found != shape.columns.end())
            out.push_back(*found);
        else if (name.find('.') != std::string::npos)
            out.push_back({.name = trimmed(name)});
        else {
            std::vector<std::string> known;
            for (const auto& column : shape.columns)
                known.push_back(column.name);
            const std::string meant = didYouMean(name, known);
            throw UsageError("There is no column \"" + name + "\"",
                             (meant.empty() ? "" : meant + "\n") + "There are " + joined(known, ", ") +
                                 ", and members of members: validation.saw");
        }
    }
    return out;
}

Table table(const Shape& shape, const std::vector<Column>& columns, const std::vector<const Json*>& rows,
            std::size_t width, const Terminal& terminal) {
    const auto cells = cellsOf(columns, rows);
    Layout layout(columns, naturalWidths(cells));
    if (width > 0)
        layout.fit(width);
    Table out;
    for (std::size_t r = 0; r < cells.size(); ++r) {
        const Json* row = r == 0 ? nullptr : rows[r - 1];
        const bool isBold = !row || (shape.isMarked && shape.isMarked(*row));
        std::string line;
        std::size_t spaces = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!layout.isShown(i))
                continue;
            const std::string cell = fitted(cells[r][i], layout.width(i));
            const Colour own = row && columns[i].colour ? columns[i].colour(*row) : Colour::none;
            line.append(spaces, ' ');
            line += terminal.coloured(cell, own == Colour::none && isBold ? Colour::bold : own);
            spaces = layout.width(i) - displayWidth(cell) + gap;
        }
        out.text += line + '\n';
    }
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (!layout.isShown(i))
            out.leftOut.push_back(columns[i].name);
    return out;
}

std::string details(const std::vector<Column>& columns, const Json& row, const Terminal& terminal) {
    std::size_t widest = 0;
    for (const auto& column : columns)
        widest = std::max(widest, label(column).size());
    const std::string indent(widest + gap, ' ');
    constexpr std::size_t unlimited = 1'000'000;
    const std::size_t room = !terminal.outputIsTerminal()            ? unlimited
                             : terminal.width() > indent.size() + 20 ? terminal.width()
                                                                     : indent.size() + 20;
    std::string out;
    for (const auto& column : columns) {
        const Colour colour = column.colour ? column.colour(row) : Colour::none;
        std::string block;
        for (const auto& line : split(column.shown(row), '\n')) {
            if (!block.empty())
                block += '\n' + indent;
            block += wrapped(line, room - indent.size(), indent);
        }
        out += terminal.coloured(padded(label(column), indent.size()), Colour::dim) +
               terminal.coloured(block, colour) + '\n';
    }
    return out;
}

} // namespace coffer::ctl
