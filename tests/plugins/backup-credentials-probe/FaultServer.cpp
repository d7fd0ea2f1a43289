#include "FaultServer.h"

#include <openssl/pem.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace coffer::test {

namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

Context makeContext(const std::optional<Certificate>& pair) {
    if (!pair)
        return {nullptr, SSL_CTX_free};
    Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    BIO* text = BIO_new_mem_buf(pair->certificate.data(), static_cast<int>(pair->certificate.size()));
    X509* certificate = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context.get(), certificate);
    X509_free(certificate);
    BIO_free(text);
    text = BIO_new_mem_buf(pair->key.data(), static_cast<int>(pair->key.size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(text, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context.get(), key);
    EVP_PKEY_free(key);
    BIO_free(text);
    return context;
}

} // namespace

long Peer::receive(char* buffer, std::size_t size) {
    const long count = tls_ ? SSL_read(tls_, buffer, static_cast<int>(size)) : recv(socket_, buffer, size, 0);
    if (count > 0)
        record_({buffer, static_cast<std::size_t>(count)});
    return count;
}

std::string Peer::readRequest() {
    std::string request;
    std::array<char, 4096> buffer;
    while (request.find("\r\n\r\n") == std::string::npos) {
        const long count = receive(buffer.data(), buffer.size());
        if (count <= 0)
            break;
        request.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return request;
}

bool Peer::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const long count = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void Peer::waitForEnd() {
    std::array<char, 4096> buffer;
    while (receive(buffer.data(), buffer.size()) > 0) {
    }
}

void Peer::reply(const std::string& status, const std::string& body, const std::string& headers) {
    readRequest();
    send("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body);
}

FaultServer::FaultServer(Behaviour behaviour, std::optional<Certificate> certificate)
    : behaviour_(std::move(behaviour)), tls_(makeContext(certificate)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        listen(listener_, 256) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("cannot listen on the loopback interface");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

FaultServer::~FaultServer() {
    ending_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : open_)
            shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_)
        thread.join();
    close(listener_);
}

std::string FaultServer::url(const std::string& scheme, const std::string& host) const {
    return scheme + "://" + host + ":" + std::to_string(port_);
}

std::string FaultServer::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

void FaultServer::accept() {
    while (true) {
        const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0)
            return;
        const std::lock_guard lock(mutex_);
        open_.push_back(socket);
        ++connections_;
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void FaultServer::serve(int socket) {
    std::unique_ptr<SSL, decltype(&SSL_free)> tls(tls_ ? SSL_new(tls_.get()) : nullptr, SSL_free);
    bool ready = true;
    if (tls) {
        SSL_set_fd(tls.get(), socket);
        ready = SSL_accept(tls.get()) == 1;
    }
    if (ready) {
        Peer peer(socket, tls.get(), [this](std::string_view bytes) {
            const std::lock_guard lock(mutex_);
            received_ += bytes;
        });
        behaviour_(peer);
        if (tls)
            SSL_shutdown(tls.get());
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_, socket);
    close(socket);
}

} // namespace coffer::test
