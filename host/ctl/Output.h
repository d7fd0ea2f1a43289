#pragma once

#include "host/ctl/Client.h"
#include "host/ctl/CommandLine.h"
#include "host/ctl/Shape.h"
#include "host/ctl/Terminal.h"

#include <string>
#include <vector>

namespace coffer::ctl {

enum class Format { table, wide, json, yaml, csv, name };

/// Cells of CSV. What a spreadsheet would take for a formula gets a ' in front.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& cells);

/// Shows what a command got, as --output says.
class Output {
public:
    /// @throws UsageError for columns where there are none
    Output(const Invocation& invocation, const Terminal& terminal);

    [[nodiscard]] Format format() const noexcept { return format_; }
    /// Whether people read it, not programs.
    [[nodiscard]] bool isForPeople() const noexcept {
        return format_ == Format::table || format_ == Format::wide;
    }
    /// One thing, all of it.
    void show(const Json& row, const Shape& shape) const;
    /// What was done: for people the sentence, for programs the thing.
    void changed(const Json& row, const Shape& shape, const std::string& sentence) const;
    /// What was done to something that is gone: for people only.
    void done(const std::string& sentence) const;

    /// Rows, one after the other.
    class List;

private:
    friend class List;
    [[nodiscard]] std::vector<Column> columns(const Shape& shape, Column::View view) const;

    const Terminal& terminal_;
    Format format_ = Format::table;
    std::string columns_;
};

/// Programs get every row as it comes, people a table when all have.
class Output::List {
public:
    List(const Output& output, const Shape& shape);
    void add(const Json& row);
    /// @param isCut  there are more than were added; `total` says how many
    void end(Total total, bool isCut);
    /// In this order, whatever order they come in.
    void sortBy(const std::string& column);

private:
    void emit(const Json& row);
    [[nodiscard]] std::vector<const Json*> sorted() const;
    void showTable(const std::vector<const Json*>& rows) const;
    void endForPrograms() const;
    void explain(Total total, bool isCut) const;

    const Output& output_;
    const Shape& shape_;
    std::vector<Column> columns_;
    std::string sort_;
    JsonDocument kept_; ///< a list of rows
    std::size_t count_ = 0;
};

} // namespace coffer::ctl
