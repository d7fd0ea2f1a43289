#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

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

Exit renameNamed(Run& run, const std::string& kind, const std::string& path, const Shape& shape) {
    Fields fields;
    fields.text("name", run.argument(1));
    const JsonDocument changed = run.client().patch(path, fields);
    run.output().changed(changed, shape, "It is called " + called(kind, changed) + " now.");
    return Exit::done;
}

Exit removeNamed(Run& run, const std::string& kind, const std::string& path, const Shape& shape,
                 const std::string& restOfQuestion, const Query& query) {
    const JsonDocument before = run.client().get(path);
    run.confirm("Delete " + called(kind, before) + restOfQuestion);
    run.client().remove(path, query);
    run.output().changed(before, shape, "Deleted " + called(kind, before) + ".");
    return Exit::done;
}

Option ifVersion() {
    return numeric("if-version", "N",
                   "Only when it is still at this version, as show tells it; else exit status 6");
}

const Shape& historyShape() {
    static const Shape shape{
        .plural = "records",
        .columns = {{.name = "time", .isTime = true, .isKept = true},
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
