#include "manifest/CredentialsFile.h"

#include <coffer/sdk/Problem.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

namespace coffer::projects {

namespace {

constexpr std::string_view readDifferently = "#;\"'\\";

bool fits(std::string_view key) {
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return c > ' ' && c <= '~' && readDifferently.find(c) == std::string_view::npos;
    });
}

} // namespace

std::optional<std::string> whyNotInCredentialsFile(std::string_view accessKeyId,
                                                   const SecretBytes& secretAccessKey) {
    const bool id = fits(accessKeyId);
    if (id && fits(secretAccessKey.reveal()))
        return std::nullopt;
    return std::string("The ") + (id ? "secret access key" : "access key id") +
           " of this credential has a space, a control character or one of # ; \" ' \\ in it, which programs "
           "read "
           "differently in a credentials file. Give the credential a pair of keys without them.";
}

SecretBytes credentialsFile(std::string_view accessKeyId, const SecretBytes& secretAccessKey) {
    if (auto why = whyNotInCredentialsFile(accessKeyId, secretAccessKey))
        throw Problem::conflict("keys_not_expressible", "The keys do not fit into a credentials file",
                                std::move(*why));
    const std::array<std::string_view, 5> parts{"[default]\naws_access_key_id=", accessKeyId,
                                                "\naws_secret_access_key=", secretAccessKey.reveal(), "\n"};
    const auto size =
        std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                        [](std::size_t sum, std::string_view part) { return sum + part.size(); });
    SecretBytes file(size);
    auto to = file.writable().begin();
    for (const auto part : parts)
        to = std::ranges::copy(part, to).out;
    return file;
}

} // namespace coffer::projects
