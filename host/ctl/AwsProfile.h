#pragma once

#include "host/ctl/Secret.h"

#include <string>

namespace coffer::ctl {

/// Long-lived keys as the AWS command line keeps them.
struct AwsProfile {
    std::string accessKeyId;
    Secret secretAccessKey;
    std::string region;
    std::string endpoint; ///< `endpoint_url`, else Amazon's for the region; empty without a region
};

/// Reads ~/.aws/credentials and ~/.aws/config, or what AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name.
/// @throws Failure when there is no such profile, or when its keys would stop working by themselves
[[nodiscard]] AwsProfile readAwsProfile(const std::string& name);

} // namespace coffer::ctl
