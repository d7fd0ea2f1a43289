#include "probe/S3Reply.h"

#include <Poco/Exception.h>
#include <Poco/SAX/Attributes.h>
#include <Poco/SAX/DefaultHandler.h>
#include <Poco/SAX/SAXParser.h>
#include <Poco/XML/XMLString.h>

#include <map>
#include <vector>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t longestText = 1024;

/// Collects the texts of the few elements that matter, by their path of local names.
class Collector final : public Poco::XML::DefaultHandler {
public:
    explicit Collector(S3Reply& reply)
        : root_(reply.root), wanted_{{"ListAllMyBucketsResult/Owner/ID", &reply.ownerId},
                                     {"ListBucketResult/Name", &reply.bucketName},
                                     {"Error/Code", &reply.errorCode},
                                     {"Error/Region", &reply.region}} {}

    void startElement(const Poco::XML::XMLString&, const Poco::XML::XMLString& localName,
                      const Poco::XML::XMLString&, const Poco::XML::Attributes&) override {
        if (lengths_.empty())
            root_ = localName;
        lengths_.push_back(path_.size());
        path_ += (path_.empty() ? "" : "/") + localName;
        text_.clear();
    }
    void endElement(const Poco::XML::XMLString&, const Poco::XML::XMLString&,
                    const Poco::XML::XMLString&) override {
        const auto found = wanted_.find(path_);
        if (found != wanted_.end() && found->second->empty())
            *found->second = text_;
        path_.resize(lengths_.back());
        lengths_.pop_back();
        text_.clear();
    }
    void characters(const Poco::XML::XMLChar characters[], int start, int length) override {
        if (text_.size() < longestText)
            text_.append(characters + start, static_cast<std::size_t>(length));
    }

private:
    std::string& root_;
    std::map<std::string, std::string*> wanted_;
    std::string path_;
    std::vector<std::size_t> lengths_; ///< of the path, before each open element
    std::string text_;
};

/// A document type is where entities come from; a NUL would hide one in another encoding.
bool mayHoldEntities(std::string_view body) {
    return body.find("<!DOCTYPE") != std::string_view::npos ||
           body.find("<!ENTITY") != std::string_view::npos || body.find('\0') != std::string_view::npos;
}

} // namespace

S3Reply readS3Reply(std::string_view body) {
    S3Reply reply;
    if (body.empty() || mayHoldEntities(body))
        return reply;
    Collector collector(reply);
    Poco::XML::SAXParser parser("UTF-8");
    parser.setFeature(Poco::XML::XMLReader::FEATURE_NAMESPACES, true);
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_GENERAL_ENTITIES, false);
    parser.setFeature(Poco::XML::XMLReader::FEATURE_EXTERNAL_PARAMETER_ENTITIES, false);
    parser.setContentHandler(&collector);
    try {
        parser.parseMemoryNP(body.data(), body.size());
        reply.wellFormed = true;
    } catch (const Poco::Exception&) {
        reply.wellFormed = false; // what was read before the fault is kept
    }
    return reply;
}

} // namespace coffer::backup_credentials
