#include "tests/host/http/ServerTestClient.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace coffer::test {

host::FileDescriptor ServerTestClient::makeSocket(int receiveBuffer) {
    host::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receiveBuffer > 0)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    const timeval patience{600, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return socket;
}

ServerTestClient::ServerTestClient(host::FileDescriptor socket, std::uint16_t port)
    : socket_(std::move(socket)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect");
}

ServerTestClient::ServerTestClient(std::uint16_t port, int receiveBuffer)
    : ServerTestClient(makeSocket(receiveBuffer), port) {}

ServerTestClient::ServerTestClient(std::uint16_t port, SSL_CTX* context) : ServerTestClient(port) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), descriptor());
}

bool ServerTestClient::secure() {
    return SSL_connect(ssl_.get()) == 1;
}

std::string ServerTestClient::serverName() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl_.get()),
                                                                  X509_free);
    std::array<char, 256> name{};
    if (certificate)
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                                  static_cast<int>(name.size()));
    return name.data();
}

bool ServerTestClient::trySend(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void ServerTestClient::send(std::string_view bytes) {
    if (!trySend(bytes))
        throw std::runtime_error("the server does not take the request");
}

bool ServerTestClient::fill() {
    std::array<char, 65536> bytes{};
    errno = 0;
    const auto received = ssl_ ? SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::recv(descriptor(), bytes.data(), bytes.size(), 0);
    timedOut_ = received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (received <= 0)
        return false;
    buffered_.append(bytes.data(), static_cast<std::size_t>(received));
    return true;
}

std::string ServerTestClient::takeLine() {
    std::size_t end = 0;
    while ((end = buffered_.find("\r\n")) == std::string::npos)
        if (!fill())
            return {};
    std::string line = buffered_.substr(0, end);
    buffered_.erase(0, end + 2);
    return line;
}

bool ServerTestClient::takeBody(std::size_t size, std::string& into) {
    while (buffered_.size() < size)
        if (!fill())
            break;
    const bool whole = buffered_.size() >= size;
    into.append(buffered_, 0, size);
    buffered_.erase(0, size);
    return whole;
}

ReceivedResponse ServerTestClient::receive(bool bodyless) {
    ReceivedResponse response;
    const std::string statusLine = takeLine();
    if (!statusLine.starts_with("HTTP/1.1 "))
        return response;
    response.head = statusLine + "\r\n";
    response.status = std::stoi(statusLine.substr(9));
    for (std::string line = takeLine(); !line.empty(); line = takeLine()) {
        response.head += line + "\r\n";
        const auto colon = line.find(": ");
        std::string name = line.substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        response.headers[name] = colon == std::string::npos ? "" : line.substr(colon + 2);
    }
    if (bodyless || response.status == 204 || response.status == 100) {
        response.whole = true;
    } else if (response.headers.contains("content-length")) {
        response.whole = takeBody(std::stoul(response.headers["content-length"]), response.body);
    } else if (response.headers.contains("transfer-encoding")) {
        for (;;) {
            const std::string size = takeLine();
            if (size.empty())
                break;
            const std::size_t length = std::stoul(size, nullptr, 16);
            if (!takeBody(length, response.body) || !takeLine().empty())
                break;
            if (length == 0) {
                response.whole = true;
                break;
            }
        }
    } else {
        response.body = drain();
        response.whole = errno != ECONNRESET;
    }
    return response;
}

ReceivedResponse ServerTestClient::get(const std::string& path) {
    return ask(getRequest(path));
}

std::string ServerTestClient::drain() {
    while (fill()) {
    }
    return std::exchange(buffered_, {});
}

bool ServerTestClient::isUnanswered() const {
    pollfd socket{descriptor(), static_cast<short>(ssl_ ? POLLRDHUP : POLLIN | POLLRDHUP), 0};
    return ::poll(&socket, 1, 0) == 0;
}

void ServerTestClient::finishSending() {
    ::shutdown(descriptor(), SHUT_WR);
}

void ServerTestClient::finishRecords() {
    SSL_shutdown(ssl_.get());
}

std::string ServerTestClient::keyUpdates(int count) {
    BIO* written = BIO_new(BIO_s_mem());
    SSL_set0_wbio(ssl_.get(), written);
    for (int i = 0; i < count; ++i)
        if (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
            SSL_do_handshake(ssl_.get()) != 1)
            throw std::runtime_error("no key update");
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(written, &bytes);
    std::string all(bytes, static_cast<std::size_t>(size));
    SSL_set0_wbio(ssl_.get(), BIO_new_socket(descriptor(), BIO_NOCLOSE));
    return all;
}

void ServerTestClient::reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    socket_.reset();
}

std::string getRequest(const std::string& path, const std::string& fields) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

std::string postRequest(const std::string& path, const std::string& body, const std::string& fields) {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + fields + "\r\n" + body;
}

} // namespace coffer::test
