#pragma once

#include "host/http/ConnectionTransport.h"
#include "host/http/ServerOptions.h"

#include <Poco/Net/Context.h>

#include <memory>
#include <mutex>

namespace coffer::host {

/// The certificates with which new connections are secured. Any thread.
class TlsContext {
public:
    /// Reads the files. @throws std::runtime_error with a sentence that names the file
    explicit TlsContext(TlsOptions options);

    /// Reads the files again. Connections that are open keep what they began with.
    /// @throws std::runtime_error with a sentence; everything stays as it was
    void reload();
    /// The server's side of a TLS connection over `socket`.
    /// @throws std::runtime_error when there is no memory for it
    [[nodiscard]] std::unique_ptr<Transport> makeTransport(FileDescriptor socket) const;

private:
    const TlsOptions options_;
    mutable std::mutex mutex_;
    Poco::Net::Context::Ptr context_;
};

} // namespace coffer::host
