#pragma once

#include "manifest/Velero.h"

#include <coffer/sdk/Secret.h>

#include <string>

namespace coffer::projects {

/// A project with all that a manifest can have, but for the secret.
inline VeleroInput wholeInput() {
    VeleroInput input;
    input.projectId = 7;
    input.projectName = "E-shop";
    input.credentialId = 17;
    input.credentialName = "Nightly";
    input.endpoint = "https://s3.example.org:9000";
    input.region = "eu-west-1";
    input.addressing = "auto";
    input.caCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    input.accessKeyId = "AKIAEXAMPLE";
    input.bucket = "backups";
    input.prefix = "shop/prod";
    input.policies.push_back({3,
                              "Every night",
                              Cron::parse("30 2 * * 1-5,7"),
                              TimeZone::find("Europe/Prague").value(),
                              Retention::parse("14d"),
                              {"shop", "no"},
                              {}});
    input.policies.push_back(
        {4, "Weekly", Cron::parse("@weekly"), TimeZone::utc(), Retention(), {}, {"kube-system", "1e3"}});
    return input;
}

} // namespace coffer::projects
