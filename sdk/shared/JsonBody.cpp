#include "sdk/shared/JsonBody.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

namespace coffer::detail {

namespace {

using Kind = RawValue::Kind;

constexpr std::size_t deepest = 16;

[[noreturn]] void malformed(std::size_t offset, const std::string& why) {
    Problem problem(400, "malformed_json", "The body is no JSON object",
                    why + " At byte " + std::to_string(offset) + ".");
    problem.with("offset", std::to_string(offset));
    throw problem;
}

/// RapidJSON takes as many bytes as the first of a UTF-8 sequence promises, also behind the end of the body.
void refuseCutSequence(std::string_view body) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, body.size()); ++back) {
        const auto first = static_cast<unsigned char>(body[body.size() - back]);
        const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
        if (length > back)
            malformed(body.size() - back, "It ends in the middle of a UTF-8 sequence.");
    }
}

/// Receives what RapidJSON reads, and builds the members of the outermost object. What stands deeper is
/// checked but not kept: no declared field takes it, save the entries of an array.
class BodyReader {
public:
    bool Null() { return value({Kind::null}); }
    bool Bool(bool truth) { return value({Kind::boolean, {}, truth ? 1 : 0}); }
    bool Int(int number) { return value({Kind::integer, {}, number}); }
    bool Uint(unsigned number) { return value({Kind::integer, {}, static_cast<std::int64_t>(number)}); }
    bool Int64(std::int64_t number) { return value({Kind::integer, {}, number}); }
    bool Uint64(std::uint64_t number) {
        constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        return number <= largest ? Int64(static_cast<std::int64_t>(number)) : Double(0);
    }
    bool Double(double /*number*/) { return value({Kind::number}); }
    bool RawNumber(const char* /*text*/, rapidjson::SizeType /*length*/, bool /*copy*/) { return Double(0); }
    bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        return value({Kind::string, {text, length}});
    }
    bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
        const std::string_view name(text, length);
        if (!names_.back().insert(name).second)
            return fail("A member stands there for the second time.");
        if (depth_ == 1)
            fields_.push_back({name, {}});
        return true;
    }
    bool StartObject() {
        if (depth_ > 0 && !value({Kind::object}))
            return false;
        names_.emplace_back();
        return enter();
    }
    bool EndObject(rapidjson::SizeType /*members*/) {
        names_.pop_back();
        --depth_;
        return true;
    }
    bool StartArray() { return value({Kind::array}) && enter(); }
    bool EndArray(rapidjson::SizeType /*entries*/) {
        --depth_;
        return true;
    }

    [[nodiscard]] std::vector<RawField> take() noexcept { return std::move(fields_); }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    bool fail(std::string reason) {
        reason_ = std::move(reason);
        return false;
    }
    bool enter() { return ++depth_ <= deepest || fail("It is nested more than 16 levels deep."); }
    bool value(RawValue raw) {
        if (depth_ == 0)
            return fail("The body must be an object: { ... }.");
        if (depth_ == 1)
            fields_.back().value = std::move(raw);
        else if (depth_ == 2 && fields_.back().value.kind == Kind::array)
            fields_.back().value.entries.push_back(std::move(raw));
        return true;
    }

    std::vector<RawField> fields_;
    std::vector<std::set<std::string_view>> names_; // of each object that is open
    std::size_t depth_ = 0;
    std::string reason_;
};

} // namespace

std::vector<RawField> readJsonBody(std::string& body) {
    // RapidJSON takes NUL for the end, and would not see what stands behind it.
    if (const auto nul = body.find('\0'); nul != std::string::npos)
        malformed(nul, "It holds a NUL byte.");
    refuseCutSequence(body);
    constexpr unsigned flags =
        rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
    BodyReader receiver;
    rapidjson::Reader reader;
    rapidjson::InsituStringStream stream(body.data());
    const auto result = reader.Parse<flags>(stream, receiver);
    if (!result)
        malformed(result.Offset(),
                  receiver.reason().empty() ? rapidjson::GetParseError_En(result.Code()) : receiver.reason());
    return receiver.take();
}

} // namespace coffer::detail
