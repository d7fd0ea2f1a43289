#include "host/ctl/Output.h"

#include "host/ctl/Text.h"
#include "host/ctl/Yaml.h"

#include <algorithm>

namespace coffer::ctl {

namespace {

Format formatNamed(const std::string& name) {
    if (name == "wide")
        return Format::wide;
    if (name == "json")
        return Format::json;
    if (name == "yaml")
        return Format::yaml;
    if (name == "csv")
        return Format::csv;
    return name == "name" ? Format::name : Format::table;
}

std::string csvCell(const std::string& text) {
    const std::string safe = printable(text, "\n\t");
    const bool isFormula = !safe.empty() &&
                           std::string_view("=+-@\t").find(safe.front()) != std::string::npos &&
                           !isNumber(safe.substr(1));
    if (!isFormula && safe.find_first_of(",\"\r\n") == std::string::npos)
        return safe;
    std::string out = isFormula ? "\"'" : "\"";
    for (const char c : safe)
        out.append(c == '"' ? 2 : 1, c);
    return out += '"';
}

std::vector<std::string> rawCells(const std::vector<Column>& columns, const Json& row) {
    std::vector<std::string> out;
    for (const auto& column : columns)
        out.push_back(column.raw(row));
    return out;
}

std::vector<std::string> headings(const std::vector<Column>& columns) {
    std::vector<std::string> out;
    for (const auto& column : columns)
        out.push_back(column.name);
    return out;
}

bool isBefore(const std::string& left, const std::string& right) {
    const bool areNumbers = isNumber(left) && isNumber(right) && left.size() != right.size();
    return areNumbers ? left.size() < right.size() : folded(left) < folded(right);
}

} // namespace

std::string csvLine(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i)
        out += (i ? "," : "") + csvCell(cells[i]);
    return out + '\n';
}

Output::Output(const Invocation& invocation, const Terminal& terminal)
    : terminal_(terminal), format_(formatNamed(invocation.option("output").value_or("table"))),
      columns_(invocation.option("columns").value_or("")) {
    if (!columns_.empty() && !isForPeople() && format_ != Format::csv)
        throw UsageError("--columns goes with -o table, wide and csv",
                         "From -o json, jq picks what is wanted: cofferctl ... -o json | jq '.[].name'");
}

std::vector<Column> Output::columns(const Shape& shape, Column::View view) const {
    return chosenColumns(shape, columns_, view);
}

void Output::show(const Json& row, const Shape& shape) const {
    switch (format_) {
    case Format::table:
    case Format::wide:
        return terminal_.write(details(columns(shape, Column::View::detail), row, terminal_));
    case Format::json:
        return terminal_.write(prettyJson(row) + '\n');
    case Format::yaml:
        return terminal_.write(yaml(row));
    case Format::csv: {
        const auto all = columns(shape, Column::View::wide);
        return terminal_.write(csvLine(headings(all)) + csvLine(rawCells(all, row)));
    }
    case Format::name:
        return terminal_.write(printable(shape.reference(row)) + '\n');
    }
}

void Output::changed(const Json& row, const Shape& shape, const std::string& sentence) const {
    if (isForPeople())
        done(sentence);
    else
        show(row, shape);
}

void Output::done(const std::string& sentence) const {
    if (isForPeople())
        terminal_.write(printable(sentence, "\n") + '\n');
}

Output::List::List(const Output& output, const Shape& shape)
    : output_(output), shape_(shape),
      columns_(
          output.columns(shape, output.format_ == Format::table ? Column::View::table : Column::View::wide)),
      kept_(rapidjson::kArrayType) {}

void Output::List::sortBy(const std::string& column) {
    const std::string name = column.starts_with('-') ? column.substr(1) : column;
    (void)chosenColumns(shape_, name, Column::View::detail);
    sort_ = column;
}

void Output::List::add(const Json& row) {
    if (!output_.isForPeople() && sort_.empty())
        return emit(row);
    kept_.PushBack(Json(row, kept_.GetAllocator()), kept_.GetAllocator());
}

void Output::List::emit(const Json& row) {
    const Terminal& terminal = output_.terminal_;
    const bool isFirst = count_++ == 0;
    switch (output_.format_) {
    case Format::json:
        return terminal.write((isFirst ? "[\n" : ",\n") + prettyJson(row, "  "));
    case Format::yaml:
        return terminal.write("- " + yaml(row, 2));
    case Format::csv:
        return terminal.write((isFirst ? csvLine(headings(columns_)) : "") +
                              csvLine(rawCells(columns_, row)));
    case Format::name:
        return terminal.write(printable(shape_.reference(row)) + '\n');
    case Format::table:
    case Format::wide:
        break;
    }
}

std::vector<const Json*> Output::List::sorted() const {
    std::vector<const Json*> rows = items(kept_, "");
    if (sort_.empty())
        return rows;
    const bool isDescending = sort_.front() == '-';
    const Column column =
        chosenColumns(shape_, isDescending ? sort_.substr(1) : sort_, Column::View::detail).front();
    std::ranges::stable_sort(rows, [&](const Json* left, const Json* right) {
        return isDescending ? isBefore(column.raw(*right), column.raw(*left))
                            : isBefore(column.raw(*left), column.raw(*right));
    });
    return rows;
}

void Output::List::end(Total total, bool isCut) {
    const auto rows = sorted();
    if (output_.isForPeople()) {
        count_ = rows.size();
        showTable(rows);
    } else {
        for (const Json* row : rows)
            emit(*row);
        endForPrograms();
    }
    explain(total, isCut);
}

void Output::List::showTable(const std::vector<const Json*>& rows) const {
    if (rows.empty())
        return;
    const Terminal& terminal = output_.terminal_;
    const bool isFitted = output_.format_ == Format::table && terminal.outputIsTerminal();
    const Table shown = table(shape_, columns_, rows, isFitted ? terminal.width() : 0, terminal);
    terminal.write(shown.text);
    if (!shown.leftOut.empty())
        terminal.note("Too narrow for " + joined(shown.leftOut, ", ") + "; -o wide shows all.");
}

void Output::List::endForPrograms() const {
    const Terminal& terminal = output_.terminal_;
    if (output_.format_ == Format::json)
        terminal.write(count_ == 0 ? "[]\n" : "\n]\n");
    else if (output_.format_ == Format::yaml && count_ == 0)
        terminal.write("[]\n");
    else if (output_.format_ == Format::csv && count_ == 0)
        terminal.write(csvLine(headings(columns_)));
}

void Output::List::explain(Total total, bool isCut) const {
    const Terminal& terminal = output_.terminal_;
    if (isCut)
        terminal.note(std::to_string(count_) + " of " + (total.isExact ? "" : "at least ") +
                      std::to_string(total.count) + " " + shape_.plural +
                      "; --all shows all of them, --limit N so many.");
    else if (count_ == 0 && output_.isForPeople())
        terminal.note("No " + shape_.plural + "." + (shape_.whenEmpty.empty() ? "" : " " + shape_.whenEmpty));
}

} // namespace coffer::ctl
