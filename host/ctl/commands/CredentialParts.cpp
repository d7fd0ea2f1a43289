#include "host/ctl/commands/CredentialParts.h"

#include "host/ctl/AwsProfile.h"
#include "host/ctl/Files.h"
#include "host/ctl/Text.h"

namespace coffer::ctl {

namespace {

Colour verdictColour(const Json& row) {
    if (isTrue(row, "locked"))
        return Colour::yellow;
    const auto verdict = text(row, "validation.verdict");
    return verdict == "valid" ? Colour::green : verdict == "unverified" ? Colour::yellow : Colour::red;
}

std::string projectsCell(const Json& row) {
    std::vector<std::string> names;
    for (const Json* project : items(row, "projects"))
        names.push_back(text(*project, "name"));
    const auto more = number(row, "projectCount") - static_cast<std::int64_t>(names.size());
    if (more > 0)
        names.push_back("and " + std::to_string(more) + " more");
    return joined(names, ", ");
}

std::string lockCell(const Json& row) {
    if (!isTrue(row, "locked"))
        return {};
    return text(row, "lock.reason") + " (" + text(row, "lock.by") + ", " +
           localTime(text(row, "lock.since")) + ")";
}

std::string probeCell(const Json& row) {
    std::vector<std::string> lines;
    for (const auto* path : {"validation.saw", "validation.advice"})
        if (const auto line = text(row, path); !line.empty())
            lines.push_back(line);
    if (const auto when = text(row, "validation.when"); !when.empty())
        lines.push_back("Last tried " + localTime(when) + ".");
    return joined(lines, " ");
}

/// `https://s3.eu-west-1.amazonaws.com` says which region it is.
std::string regionIn(const std::string& endpoint) {
    constexpr std::string_view before = "//s3.";
    constexpr std::string_view after = ".amazonaws.com";
    const auto begin = endpoint.find(before);
    const auto end = endpoint.find(after);
    if (begin == std::string::npos || end == std::string::npos || end <= begin + before.size())
        return {};
    return endpoint.substr(begin + before.size(), end - begin - before.size());
}

std::string optionOr(const Run& run, std::string_view name, const std::string& otherwise) {
    return run.invocation().option(name).value_or(otherwise);
}

} // namespace

std::string credentialPath(const std::string& id) {
    return "/backup-credentials/" + encoded(id);
}

std::string verdictCell(const Json& row) {
    const auto verdict = text(row, "validation.verdict");
    std::string words = verdict == "valid"     ? "works"
                        : verdict == "invalid" ? "does not work"
                        : verdict == "failing" ? "fails"
                                               : verdict;
    if (const auto cause = text(row, "validation.cause"); !cause.empty())
        words += ": " + cause;
    return isTrue(row, "locked") ? "locked; " + words : words;
}

const Shape& credentialShape() {
    static const Shape shape{
        .plural = "credentials",
        .columns =
            {{.name = "id", .isKept = true},
             {.name = "name", .isKept = true},
             {.name = "organization", .path = "organization.name"},
             {.name = "status", .path = "validation.verdict", .cell = verdictCell, .colour = verdictColour},
             {.name = "default",
              .cell = [](const Json& row) -> std::string { return isTrue(row, "default") ? "yes" : ""; }},
             {.name = "projects", .cell = projectsCell},
             {.name = "accessKeyId"},
             {.name = "endpoint"},
             {.name = "region"},
             {.name = "lock", .view = Column::View::wide, .cell = lockCell},
             {.name = "modified", .path = "lastModifiedAt", .view = Column::View::wide, .isTime = true},
             {.name = "modifiedBy", .path = "lastModifiedBy", .view = Column::View::wide},
             {.name = "created", .path = "createdAt", .view = Column::View::wide, .isTime = true},
             {.name = "createdBy", .view = Column::View::wide},
             {.name = "version", .view = Column::View::wide},
             {.name = "probe", .path = "validation", .view = Column::View::detail, .cell = probeCell},
             {.name = "addressing", .view = Column::View::detail},
             {.name = "bucket", .view = Column::View::detail},
             {.name = "secretFingerprint", .view = Column::View::detail}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
        .isMarked = [](const Json& row) { return isTrue(row, "default"); },
        .whenEmpty = "Store one: cofferctl credentials add",
    };
    return shape;
}

std::vector<Option> keyOptions() {
    return {
        valued("endpoint", "URL", "Where the S3 server is: https://s3.eu-west-1.amazonaws.com"),
        valued("region", "REGION", "Its region"),
        valued("access-key-id", "ID", "The access key id; the secret never stands on the command line"),
        valued("secret-file", "FILE", "Read the secret access key there; - is standard input",
               Completes::file),
        valued("from-aws-profile", "NAME",
               "Take the keys, region and endpoint from ~/.aws/credentials and ~/.aws/config"),
        choice("addressing", {"auto", "path", "virtual"}, "Where a bucket's name goes; auto unless told"),
        valued("bucket", "BUCKET", "A bucket to try, for keys that may not list buckets"),
        valued("endpoint-ca-file", "FILE",
               "The certificate authority of the endpoint (PEM), when it has its own", Completes::file),
    };
}

Keys givenKeys(const Run& run) {
    Keys keys;
    if (const auto profile = run.option("from-aws-profile"); !profile.empty()) {
        const AwsProfile aws = readAwsProfile(profile);
        keys = {aws.endpoint, aws.region, aws.accessKeyId, aws.secretAccessKey};
    }
    keys.endpoint = optionOr(run, "endpoint", keys.endpoint);
    keys.region = optionOr(run, "region", keys.region);
    keys.accessKeyId = optionOr(run, "access-key-id", keys.accessKeyId);
    if (const auto file = run.option("secret-file"); !file.empty()) {
        keys.secretAccessKey =
            file == "-" ? run.terminal().readInput() : Secret(trimmed(readFile(file).reveal()));
        if (keys.secretAccessKey.empty())
            throw UsageError("There is no secret access key in " +
                             (file == "-" ? std::string("standard input") : file));
    }
    return keys;
}

Keys completeKeys(const Run& run) {
    Keys keys = givenKeys(run);
    if (keys.endpoint.empty())
        keys.endpoint = run.optionOrAsk("endpoint", "S3 endpoint, as https://s3.eu-west-1.amazonaws.com");
    if (keys.region.empty())
        keys.region = regionIn(keys.endpoint);
    if (keys.region.empty())
        keys.region = run.optionOrAsk("region", "Region", "us-east-1");
    if (keys.accessKeyId.empty())
        keys.accessKeyId = run.optionOrAsk("access-key-id", "Access key id");
    if (keys.secretAccessKey.empty()) {
        if (!run.terminal().canAsk())
            throw UsageError(
                "The secret access key is missing",
                "Give it with --secret-file FILE, with --secret-file - on standard input, or with "
                "--from-aws-profile NAME.");
        keys.secretAccessKey = run.terminal().askSecret("Secret access key");
    }
    return keys;
}

void addProbeOptions(Fields& fields, const Run& run) {
    if (const auto addressing = run.option("addressing"); !addressing.empty())
        fields.text("addressing", addressing);
    // An empty value takes away what was there.
    if (run.has("bucket"))
        run.option("bucket").empty() ? fields.null("bucket") : fields.text("bucket", run.option("bucket"));
    if (run.has("endpoint-ca-file")) {
        const auto file = run.option("endpoint-ca-file");
        file.empty() ? fields.null("caCertificate") : fields.text("caCertificate", readFile(file).reveal());
    }
}

Exit showVerdict(const Run& run, const Json& verdict) {
    const bool works = isTrue(verdict, "works");
    if (!run.output().isForPeople()) {
        static const Shape shape{.plural = "verdicts",
                                 .columns = {{.name = "works"},
                                             {.name = "cause"},
                                             {.name = "saw"},
                                             {.name = "advice"},
                                             {.name = "httpStatus"},
                                             {.name = "tookMilliseconds"},
                                             {.name = "when"}},
                                 .reference = [](const Json& row) { return text(row, "works"); }};
        run.output().show(verdict, shape);
        return works ? Exit::done : Exit::refused;
    }
    const auto words = joined({text(verdict, "saw"), text(verdict, "advice")}, " ");
    if (!works)
        throw Failure(Exit::refused, "Invalid S3 credentials",
                      trimmed(words) + "\nCause: " + text(verdict, "cause"));
    run.output().done("The keys work. " + trimmed(words));
    return Exit::done;
}

Exit tryKeys(Run& run, const Keys& keys) {
    Fields fields;
    fields.text("endpoint", keys.endpoint)
        .text("region", keys.region)
        .text("accessKeyId", keys.accessKeyId)
        .secret("secretAccessKey", keys.secretAccessKey);
    addProbeOptions(fields, run);
    run.client().waitingFor("Trying the keys at " + keys.endpoint);
    return showVerdict(run, run.client().ask("/backup-credentials/probe", fields));
}

Argument credentialArgument(bool isOptional) {
    return {.name = "CREDENTIAL",
            .help = "Its name or id; name:123 for a name of digits only",
            .completes = Completes::credential,
            .isOptional = isOptional};
}

std::string credentialPathOf(Run& run) {
    return credentialPath(run.names().credential(run.argument(0)));
}

} // namespace coffer::ctl
