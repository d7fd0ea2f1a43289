#include "manifest/Velero.h"

#include "manifest/CredentialsFile.h"
#include "manifest/KubernetesName.h"

#include <yaml-cpp/binary.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <algorithm>
#include <stdexcept>

namespace coffer::projects {

namespace {

/// In a Secret, the entry that holds the credentials file.
constexpr const char* secretKey = "cloud";

/// Keys are ours and plain, values are double-quoted whatever they are.
class Document {
public:
    Document() { out_.SetOutputCharset(YAML::EscapeNonAscii); }
    void text(const char* key, const std::string& value) {
        out_ << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
    }
    void text(const char* key, std::int64_t value) { text(key, std::to_string(value)); }
    void texts(const char* key, const std::vector<std::string>& values) {
        out_ << YAML::Key << key << YAML::Value << YAML::BeginSeq;
        for (const auto& value : values)
            out_ << YAML::DoubleQuoted << value;
        out_ << YAML::EndSeq;
    }
    template <class Members>
    void map(const char* key, Members members) {
        out_ << YAML::Key << key << YAML::Value << YAML::BeginMap;
        members();
        out_ << YAML::EndMap;
    }
    template <class Members>
    void document(Members members) {
        out_ << YAML::BeginDoc << YAML::BeginMap;
        members();
        out_ << YAML::EndMap;
    }
    [[nodiscard]] std::string take() const { return std::string(out_.c_str(), out_.size()) + "\n"; }

private:
    YAML::Emitter out_;
};

bool isAmazon(const std::string& endpoint) {
    std::string_view host = endpoint;
    host.remove_prefix(std::min(host.size(), host.find("://") + 3));
    host = host.substr(0, host.find_first_of(":/"));
    return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

const char* forcePathStyle(const VeleroInput& input) {
    if (input.addressing == "path")
        return "true";
    if (input.addressing == "virtual")
        return "false";
    return isAmazon(input.endpoint) ? "false" : "true";
}

void refuseUnfit(const VeleroInput& input) {
    if (input.addressing != "auto" && input.addressing != "path" && input.addressing != "virtual")
        throw std::invalid_argument("The addressing of a storage location is auto, path or virtual.");
    if (input.bucket.empty())
        throw std::invalid_argument("A storage location needs a bucket.");
    if (!isRfc1123Label(input.veleroNamespace))
        throw std::invalid_argument("The namespace in which Velero runs is no name of a namespace.");
}

/// Written by hand, and only with what is ours: nothing in a comment is quoted.
std::string comments(const VeleroInput& input) {
    const std::string secret = secretName(input.credentialId, input.credentialName);
    std::string text = "# What Velero 1.15 or later needs to back up project " +
                       std::to_string(input.projectId) + " of coffer with backup credential " +
                       std::to_string(input.credentialId) + ".\n# Use it with: kubectl apply -f FILE\n";
    if (input.secretAccessKey != nullptr)
        text += "# It holds a secret access key: keep it nowhere.\n";
    else
        text += "# The secret access key is not in here. The Secret " + secret +
                " must be in the namespace " + input.veleroNamespace +
                ",\n# with a credentials file of the AWS CLI under the key " + secretKey +
                ":\n#   kubectl -n " + input.veleroNamespace + " create secret generic " + secret +
                " --from-file=" + secretKey + "=FILE\n";
    if (std::ranges::any_of(input.policies, [](const auto& policy) { return !policy.timeZone.isUtc(); }))
        text += "# Schedules here name time zones: Velero's image must have the time zone database.\n";
    return text;
}

/// Labels are for selecting, so they hold ids; names are text, and so annotations.
void metadata(Document& yaml, const VeleroInput& input, const std::string& name, const VeleroPolicy* policy,
              bool ofProject) {
    yaml.map("metadata", [&] {
        yaml.text("name", name);
        yaml.text("namespace", input.veleroNamespace);
        yaml.map("labels", [&] {
            yaml.text("app.kubernetes.io/managed-by", std::string("coffer"));
            yaml.text("coffer/credential", input.credentialId);
            if (ofProject)
                yaml.text("coffer/project", input.projectId);
            if (policy != nullptr)
                yaml.text("coffer/policy", policy->id);
        });
        yaml.map("annotations", [&] {
            yaml.text("coffer/credential-name", input.credentialName);
            if (ofProject)
                yaml.text("coffer/project-name", input.projectName);
            if (policy != nullptr)
                yaml.text("coffer/policy-name", policy->name);
        });
    });
}

void secret(Document& yaml, const VeleroInput& input) {
    const SecretBytes file = credentialsFile(input.accessKeyId, *input.secretAccessKey);
    yaml.document([&] {
        yaml.text("apiVersion", std::string("v1"));
        yaml.text("kind", std::string("Secret"));
        // Every project of the credential that lives in this cluster shares it.
        metadata(yaml, input, secretName(input.credentialId, input.credentialName), nullptr, false);
        yaml.text("type", std::string("Opaque"));
        yaml.map("stringData", [&] {
            std::string content(file.reveal());
            yaml.text(secretKey, content);
            wipe(content);
        });
    });
}

void storageLocation(Document& yaml, const VeleroInput& input) {
    yaml.document([&] {
        yaml.text("apiVersion", std::string("velero.io/v1"));
        yaml.text("kind", std::string("BackupStorageLocation"));
        metadata(yaml, input, storageLocationName(input.projectId), nullptr, true);
        yaml.map("spec", [&] {
            yaml.text("provider", std::string("aws"));
            yaml.map("objectStorage", [&] {
                yaml.text("bucket", input.bucket);
                if (!input.prefix.empty())
                    yaml.text("prefix", input.prefix);
                if (const auto& pem = input.caCertificate; !pem.empty())
                    yaml.text("caCert", YAML::EncodeBase64(reinterpret_cast<const unsigned char*>(pem.data()),
                                                           pem.size()));
            });
            yaml.map("config", [&] {
                yaml.text("region", input.region);
                yaml.text("s3ForcePathStyle", std::string(forcePathStyle(input)));
                yaml.text("s3Url", input.endpoint);
                // The plugin's default, CRC32 in a trailer, is more than many servers know.
                if (!isAmazon(input.endpoint))
                    yaml.text("checksumAlgorithm", std::string());
            });
            yaml.map("credential", [&] {
                yaml.text("name", secretName(input.credentialId, input.credentialName));
                yaml.text("key", std::string(secretKey));
            });
        });
    });
}

void schedule(Document& yaml, const VeleroInput& input, const VeleroPolicy& policy) {
    const std::string zone = policy.timeZone.isUtc() ? "" : "CRON_TZ=" + policy.timeZone.name() + " ";
    yaml.document([&] {
        yaml.text("apiVersion", std::string("velero.io/v1"));
        yaml.text("kind", std::string("Schedule"));
        metadata(yaml, input, scheduleName(policy.id, policy.name), &policy, true);
        yaml.map("spec", [&] {
            yaml.text("schedule", zone + policy.cron.veleroText());
            yaml.map("template", [&] {
                yaml.text("ttl", policy.retention.veleroText());
                yaml.text("storageLocation", storageLocationName(input.projectId));
                if (!policy.includedNamespaces.empty())
                    yaml.texts("includedNamespaces", policy.includedNamespaces);
                if (!policy.excludedNamespaces.empty())
                    yaml.texts("excludedNamespaces", policy.excludedNamespaces);
            });
        });
    });
}

} // namespace

std::string secretName(std::int64_t credentialId, std::string_view credentialName) {
    return kubernetesName("coffer-credential", credentialId, credentialName);
}

std::string storageLocationName(std::int64_t projectId) {
    return kubernetesName("coffer-project", projectId, {});
}

std::string scheduleName(std::int64_t policyId, std::string_view policyName) {
    return kubernetesName("coffer-policy", policyId, policyName);
}

std::string veleroManifest(const VeleroInput& input) {
    refuseUnfit(input);
    Document yaml;
    if (input.secretAccessKey != nullptr)
        secret(yaml, input);
    storageLocation(yaml, input);
    for (const auto& policy : input.policies)
        schedule(yaml, input, policy);
    return comments(input) + yaml.take();
}

} // namespace coffer::projects
