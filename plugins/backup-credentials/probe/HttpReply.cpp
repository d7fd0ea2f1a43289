#include "probe/HttpReply.h"

#include "probe/Ascii.h"

#include <algorithm>
#include <charconv>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t longestSize = std::size_t{1} << 40;

std::optional<std::size_t> readNumber(std::string_view digits, int base) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || value > longestSize)
        return std::nullopt;
    return value;
}

std::string_view nextLine(std::string_view& text) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// `HTTP/1.1 200 OK`
std::optional<int> readStatusLine(std::string_view line) {
    const bool known = line.size() >= 12 && line.starts_with("HTTP/1.") && isDigit(line[7]) &&
                       line[8] == ' ' && isDigit(line[9]) && isDigit(line[10]) && isDigit(line[11]) &&
                       (line.size() == 12 || line[12] == ' ');
    if (!known || line[9] == '0')
        return std::nullopt;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

} // namespace

std::optional<std::string_view> HttpReply::header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
    if (found == headers.end())
        return std::nullopt;
    return found->second;
}

HttpReplyReader::State HttpReplyReader::feed(std::string_view bytes) {
    pending_ += bytes;
    if (state_ == State::head)
        readHead();
    if (state_ == State::body)
        readBody();
    return state_;
}

HttpReplyReader::State HttpReplyReader::end() {
    if (state_ == State::body && framing_ == Framing::untilEnd) {
        reply_.complete = true;
        state_ = State::finished;
    }
    return state_;
}

void HttpReplyReader::readHead() {
    constexpr std::string_view start = "HTTP/1.";
    if (!start.starts_with(std::string_view(pending_).substr(0, start.size()))) {
        state_ = State::malformed;
        return;
    }
    while (state_ == State::head) {
        const auto crlf = pending_.find("\r\n\r\n");
        const auto lf = pending_.find("\n\n");
        const auto end = std::min(crlf, lf);
        if (end == std::string::npos)
            return;
        const std::string head = pending_.substr(0, end);
        pending_.erase(0, end + (end == crlf ? 4 : 2));
        reply_ = {};
        if (!parseHead(head)) {
            state_ = State::malformed;
        } else if (reply_.status >= 200) {
            state_ = chooseFraming() ? State::body : State::malformed;
        } else if (reply_.status == 101) {
            state_ = State::malformed; // nobody asked to switch protocols
        }
    }
}

bool HttpReplyReader::parseHead(std::string_view head) {
    const auto status = readStatusLine(nextLine(head));
    if (!status)
        return false;
    reply_.status = *status;
    while (!head.empty()) {
        const std::string_view line = nextLine(head);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0)
            return false;
        reply_.headers.emplace_back(lowerCase(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    }
    return true;
}

bool HttpReplyReader::chooseFraming() {
    if (reply_.status == 204 || reply_.status == 304) {
        framing_ = Framing::length;
        return true;
    }
    if (const auto coding = reply_.header("transfer-encoding")) {
        framing_ = Framing::chunked;
        return lowerCase(*coding) == "chunked";
    }
    std::optional<std::size_t> length;
    for (const auto& [name, value] : reply_.headers) {
        if (name != "content-length")
            continue;
        const auto one = readNumber(value, 10);
        if (!one || (length && *length != *one))
            return false;
        length = one;
    }
    if (length) {
        framing_ = Framing::length;
        remaining_ = *length;
    }
    return true;
}

void HttpReplyReader::readBody() {
    if (framing_ == Framing::chunked) {
        readChunks();
        return;
    }
    const std::size_t taken =
        framing_ == Framing::length ? std::min(remaining_, pending_.size()) : pending_.size();
    reply_.body.append(pending_, 0, taken);
    pending_.erase(0, taken);
    if (framing_ == Framing::length && (remaining_ -= taken) == 0) {
        reply_.complete = true;
        state_ = State::finished;
    }
}

void HttpReplyReader::readChunks() {
    while (state_ == State::body) {
        if (remaining_ > 0) {
            const std::size_t taken = std::min(remaining_, pending_.size());
            reply_.body.append(pending_, 0, taken);
            pending_.erase(0, taken);
            remaining_ -= taken;
            if (remaining_ > 0)
                return;
        }
        const auto line = takeLine();
        if (!line)
            return;
        if (inChunk_) { // the line end behind a chunk's data
            inChunk_ = false;
            if (!line->empty())
                state_ = State::malformed;
        } else if (inTrailers_) {
            if (line->empty()) {
                reply_.complete = true;
                state_ = State::finished;
            }
        } else if (const auto size = readNumber(trimmed(line->substr(0, line->find(';'))), 16)) {
            remaining_ = *size;
            inChunk_ = *size > 0;
            inTrailers_ = *size == 0;
        } else {
            state_ = State::malformed;
        }
    }
}

std::optional<std::string_view> HttpReplyReader::takeLine() {
    const auto end = pending_.find('\n');
    if (end == std::string::npos)
        return std::nullopt;
    line_ = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    if (line_.ends_with('\r'))
        line_.pop_back();
    return line_;
}

} // namespace coffer::backup_credentials
