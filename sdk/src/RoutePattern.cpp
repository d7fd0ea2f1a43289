#include <coffer/sdk/detail/RoutePattern.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace coffer::detail {

namespace {

[[noreturn]] void refuse(std::string_view pattern, std::string_view why) {
    throw std::invalid_argument("the route pattern '" + std::string(pattern) + "' " + std::string(why));
}

bool isAlphanumeric(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

RoutePattern::Segment parseSegment(std::string_view pattern, std::string_view segment) {
    if (segment.empty())
        refuse(pattern, "has an empty segment");
    if (segment == "." || segment == "..")
        refuse(pattern, "has a segment that means another folder");
    if (!segment.starts_with('{')) {
        const auto plain = [](char c) {
            return isAlphanumeric(c) || c == '.' || c == '_' || c == '~' || c == '-';
        };
        if (!std::ranges::all_of(segment, plain))
            refuse(pattern, "has a literal with a character that a path would have to escape");
        return {std::string(segment), false};
    }
    const auto name = segment.substr(1, segment.size() - 2);
    if (!segment.ends_with('}') || name.empty() || !std::ranges::all_of(name, isAlphanumeric))
        refuse(pattern, "has a parameter that is not {name} with letters and digits, a segment of its own");
    return {std::string(name), true};
}

int hexadecimal(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decodeSegment(std::string_view segment) {
    if (segment.empty())
        return std::nullopt;
    std::string out;
    out.reserve(segment.size());
    for (std::size_t i = 0; i < segment.size(); ++i) {
        char c = segment[i];
        if (c == '%') {
            const int high = i + 1 < segment.size() ? hexadecimal(segment[i + 1]) : -1;
            const int low = i + 2 < segment.size() ? hexadecimal(segment[i + 2]) : -1;
            if (high < 0 || low < 0)
                return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (c == '/' || c == '\\' || byte < 0x20 || byte == 0x7F)
            return std::nullopt;
        out += c;
    }
    if (out == "." || out == ".." || !isText(out))
        return std::nullopt;
    return out;
}

/// Length of the well-formed sequence (Unicode 15, table 3-7) at `at`; 0 when there is none.
std::size_t sequenceLength(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && second < 0xA0;
        const bool surrogate = first == 0xED && second > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && second < 0x90;
        const bool beyond = first == 0xF4 && second > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

} // namespace

RoutePattern RoutePattern::parse(std::string_view pattern) {
    if (!pattern.starts_with('/'))
        refuse(pattern, "does not begin with a slash");
    RoutePattern out;
    out.text_ = pattern;
    for (std::size_t at = 1; at <= pattern.size();) {
        const auto end = std::min(pattern.find('/', at), pattern.size());
        Segment segment = parseSegment(pattern, pattern.substr(at, end - at));
        if (segment.isParameter && std::ranges::find(out.segments_, segment) != out.segments_.end())
            refuse(pattern, "names two parameters '" + segment.text + "'");
        out.segments_.push_back(std::move(segment));
        at = end + 1;
    }
    return out;
}

std::vector<std::string> RoutePattern::parameters() const {
    std::vector<std::string> names;
    for (const auto& segment : segments_)
        if (segment.isParameter)
            names.push_back(segment.text);
    return names;
}

std::optional<std::vector<std::string>> RoutePattern::match(std::string_view path) const {
    auto segments = splitPath(path);
    if (!segments || segments->size() != segments_.size())
        return std::nullopt;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if (segments_[i].isParameter)
            values.push_back(std::move((*segments)[i]));
        else if (segments_[i].text != (*segments)[i])
            return std::nullopt;
    }
    return values;
}

std::optional<std::vector<std::string>> splitPath(std::string_view path) {
    if (!path.starts_with('/'))
        return std::nullopt;
    std::vector<std::string> segments;
    for (std::size_t at = 1; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        auto segment = decodeSegment(path.substr(at, end - at));
        if (!segment)
            return std::nullopt;
        segments.push_back(std::move(*segment));
        at = end + 1;
    }
    return segments;
}

bool isText(std::string_view bytes) noexcept {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = bytes[at] == '\0' ? 0 : sequenceLength(bytes, at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

struct PatternTree::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::string parameterName;
    std::optional<std::size_t> place;
};

PatternTree::PatternTree() : root_(std::make_unique<Node>()) {}
PatternTree::PatternTree(PatternTree&&) noexcept = default;
PatternTree& PatternTree::operator=(PatternTree&&) noexcept = default;
PatternTree::~PatternTree() = default;

std::size_t PatternTree::add(const RoutePattern& pattern) {
    Node* node = root_.get();
    for (const auto& [text, isParameter] : pattern.segments()) {
        if (isParameter && node->parameter && node->parameterName != text)
            refuse(pattern.text(), "calls '" + text + "' what another route calls '" + node->parameterName +
                                       "' at the same place; give both the same name");
        auto& child = isParameter ? node->parameter : node->literals[text];
        if (!child)
            child = std::make_unique<Node>();
        if (isParameter)
            node->parameterName = text;
        node = child.get();
    }
    if (!node->place)
        node->place = count_++;
    return *node->place;
}

const PatternTree::Node* PatternTree::descend(const Node& node, std::vector<std::string>& segments,
                                              std::size_t at, std::vector<std::size_t>& taken) {
    if (at == segments.size())
        return node.place ? &node : nullptr;
    if (const auto literal = node.literals.find(segments[at]); literal != node.literals.end())
        if (const Node* found = descend(*literal->second, segments, at + 1, taken))
            return found;
    if (!node.parameter)
        return nullptr;
    taken.push_back(at);
    const Node* found = descend(*node.parameter, segments, at + 1, taken);
    if (!found)
        taken.pop_back();
    return found;
}

std::optional<PatternTree::Match> PatternTree::find(std::string_view path) const {
    auto segments = splitPath(path);
    if (!segments)
        return std::nullopt;
    std::vector<std::size_t> taken;
    const Node* found = descend(*root_, *segments, 0, taken);
    if (!found)
        return std::nullopt;
    Match match{*found->place, {}};
    match.parameters.reserve(taken.size());
    for (const auto at : taken)
        match.parameters.push_back(std::move((*segments)[at]));
    return match;
}

} // namespace coffer::detail
