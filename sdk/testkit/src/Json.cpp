#include <coffer/testkit/Json.h>

#include <rapidjson/document.h>

#include <stdexcept>

namespace coffer::testkit {

/// A value, and the document that it lies in.
struct Json::Place {
    struct Document {
        std::string text;
        rapidjson::Document parsed;
    };
    std::shared_ptr<const Document> document;
    const rapidjson::Value* value;

    [[noreturn]] void refuse(const std::string& what) const {
        throw std::runtime_error(what + " in " + document->text);
    }
    void require(bool condition, const char* what) const {
        if (!condition)
            refuse(std::string("this is no ") + what);
    }
};

namespace {

rapidjson::Value::StringRefType reference(std::string_view text) {
    return {text.data(), static_cast<rapidjson::SizeType>(text.size())};
}

} // namespace

Json Json::parse(std::string_view text) {
    auto document = std::make_shared<Place::Document>();
    document->text = text;
    document->parsed.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(
        document->text.data(), document->text.size());
    if (document->parsed.HasParseError())
        throw std::runtime_error("this is no JSON: " + document->text);
    const rapidjson::Value* root = &document->parsed;
    return Json(std::make_shared<const Place>(Place{std::move(document), root}));
}

Json Json::operator[](std::string_view member) const {
    place_->require(place_->value->IsObject(), "object");
    const auto found = place_->value->FindMember(rapidjson::Value(reference(member)));
    if (found == place_->value->MemberEnd())
        place_->refuse("there is no member '" + std::string(member) + "'");
    return Json(std::make_shared<const Place>(Place{place_->document, &found->value}));
}

Json Json::operator[](std::size_t entry) const {
    place_->require(place_->value->IsArray(), "array");
    if (entry >= place_->value->Size())
        place_->refuse("there is no entry " + std::to_string(entry));
    const auto* value = &(*place_->value)[static_cast<rapidjson::SizeType>(entry)];
    return Json(std::make_shared<const Place>(Place{place_->document, value}));
}

bool Json::has(std::string_view member) const {
    return place_->value->IsObject() && place_->value->HasMember(rapidjson::Value(reference(member)));
}

std::size_t Json::size() const {
    if (place_->value->IsObject())
        return place_->value->MemberCount();
    place_->require(place_->value->IsArray(), "array or object");
    return place_->value->Size();
}

std::vector<std::string> Json::names() const {
    place_->require(place_->value->IsObject(), "object");
    std::vector<std::string> out;
    for (const auto& member : place_->value->GetObject())
        out.emplace_back(member.name.GetString(), member.name.GetStringLength());
    return out;
}

bool Json::isNull() const {
    return place_->value->IsNull();
}

std::string Json::text() const {
    place_->require(place_->value->IsString(), "string");
    return {place_->value->GetString(), place_->value->GetStringLength()};
}

std::int64_t Json::integer() const {
    place_->require(place_->value->IsInt64(), "integer of 64 bits");
    return place_->value->GetInt64();
}

double Json::number() const {
    place_->require(place_->value->IsNumber(), "number");
    return place_->value->GetDouble();
}

bool Json::boolean() const {
    place_->require(place_->value->IsBool(), "boolean");
    return place_->value->GetBool();
}

} // namespace coffer::testkit
