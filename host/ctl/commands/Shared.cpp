#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

std::string historyTime(const Json& row) {
    return localTime(text(row, "time"));
}

Colour resultColour(const Json& row) {
    return text(row, "result") == "success" ? Colour::none : Colour::red;
}

std::string sequenceReference(const Json& row) {
    return text(row, "sequence");
}

} // namespace

std::string called(const std::string& kind, const Json& row) {
    return kind + " \"" + text(row, "name") + "\" (" + text(row, "id") + ")";
}

Option ifVersion() {
    return numeric("if-version", "N",
                   "Only when it is still at this version, as show tells it; else exit status 6");
}

const Shape& historyShape() {
    static const Shape shape{
        .plural = "records",
        .columns = {{.name = "time", .cell = historyTime, .isKept = true},
                    {.name = "summary", .isKept = true},
                    {.name = "by"},
                    {.name = "result", .colour = resultColour},
                    {.name = "reason"},
                    {.name = "action", .view = Column::View::wide},
                    {.name = "before", .view = Column::View::wide},
                    {.name = "after", .view = Column::View::wide},
                    {.name = "requestId", .view = Column::View::wide},
                    {.name = "sequence", .view = Column::View::wide}},
        .reference = sequenceReference,
    };
    return shape;
}

} // namespace coffer::ctl
