#pragma once

#include "host/ctl/Json.h"
#include "host/ctl/Terminal.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

/// One column of a table, and one line of what `show` tells.
struct Column {
    /// In which views it is, from the least to the most: `table` is in all of them.
    enum class View { table, wide, detail };

    std::string name;   ///< for --columns, --sort and the head: `accessKeyId`
    std::string path{}; ///< the member that it shows; empty: the one of that name
    View view = View::table;
    std::string (*cell)(const Json&) = nullptr; ///< for people, when it is more than the member
    bool isTime = false;                        ///< the member is a time: for people in this machine's zone
    Colour (*colour)(const Json&) = nullptr;
    bool isKept = false; ///< stays in the narrowest table

    /// For programs: the member as it is.
    [[nodiscard]] std::string raw(const Json& row) const;
    /// For people; several lines only where `cell` makes them.
    [[nodiscard]] std::string shown(const Json& row) const;
};

/// How things of one kind are shown.
struct Shape {
    std::string plural; ///< `credentials`
    std::vector<Column> columns;
    /// What a command takes to mean it again.
    std::string (*reference)(const Json&) = nullptr;
    /// Whether the row stands out: the default credential.
    bool (*isMarked)(const Json&) = nullptr;
    /// What to do when there is none: `Store one: cofferctl credentials add`.
    std::string whenEmpty{};
};

/// A date of the API in this machine's zone, to the minute; as it is when it is none.
[[nodiscard]] std::string localTime(const std::string& rfc3339);

/// A name as commands take it: one that is all digits would be an id, and reads `name:123`.
[[nodiscard]] std::string nameReference(const std::string& name);

/// The columns for --columns, or those of the view. @throws UsageError that lists them
[[nodiscard]] std::vector<Column> chosenColumns(const Shape& shape, const std::string& names,
                                                Column::View view);

struct Table {
    std::string text;
    std::vector<std::string> leftOut; ///< columns that there was no room for
};

/// Rows as a table of at most `width` columns of the terminal: cells are shortened, then the columns at the
/// right left out. 0: as wide as it is.
[[nodiscard]] Table table(const Shape& shape, const std::vector<Column>& columns,
                          const std::vector<const Json*>& rows, std::size_t width, const Terminal& terminal);
/// One thing, a line for each column.
[[nodiscard]] std::string details(const std::vector<Column>& columns, const Json& row,
                                  const Terminal& terminal);

} // namespace coffer::ctl
