#include "probe/AddressPolicy.h"

#include <coffer/testkit/Test.h>

#include <stdexcept>
#include <utility>

namespace coffer::backup_credentials {

namespace {

std::vector<Network> networks(std::initializer_list<const char*> texts) {
    std::vector<Network> parsed;
    for (const char* text : texts)
        parsed.push_back(Network::parse(text));
    return parsed;
}

bool allows(const AddressPolicy& policy, const std::string& address) {
    return !policy.refusal(IpAddress::parse(address).value());
}

} // namespace

class AddressPolicyTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AddressPolicyTest);
    COFFER_TEST(publicAddressesAreDialled);
    COFFER_TEST(specialAddressesAreDeniedByDefault);
    COFFER_TEST(edgesOfDeniedNetworksAreExact);
    COFFER_TEST(wrappedAddressesAreJudgedByWhatTheyCarry);
    COFFER_TEST(refusalOfAPrivateNetworkSpellsOutTheLineThatAllowsIt);
    COFFER_TEST(metadataIsRefusedWithoutAnOffer);
    COFFER_TEST(allowBeatsTheDefaults);
    COFFER_TEST(wideNetworksOpenNoMetadata);
    COFFER_TEST(networksInsideADeniedOneOpenIt);
    COFFER_TEST(wideNetworksOpenLoopbackAndPrivateNetworks);
    COFFER_TEST(wrappedMetadataIsOpenedByItsOwnNetworkOnly);
    COFFER_TEST(denyBeatsAllow);
    COFFER_TEST(networksAreReadAndWritten);
    COFFER_TEST(badNetworksAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void publicAddressesAreDialled() {
        const AddressPolicy policy({}, {});
        for (const char* address : {"1.1.1.1", "52.219.170.1", "9.255.255.255", "2606:4700::1111",
                                    "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2a00:1450:4001::1"})
            CPPUNIT_ASSERT_MESSAGE(address, allows(policy, address));
    }

    void specialAddressesAreDeniedByDefault() {
        const AddressPolicy policy({}, {});
        for (const char* address : {"127.0.0.1",       "127.255.255.255", "::1",
                                    "0.0.0.0",         "0.1.2.3",         "::",
                                    "10.1.2.3",        "172.16.0.1",      "172.31.255.1",
                                    "192.168.1.1",     "100.64.0.1",      "169.254.1.1",
                                    "fe80::1",         "fec0::1",         "fd00::1",
                                    "fc00::1",         "224.0.0.1",       "ff02::1",
                                    "239.1.1.1",       "255.255.255.255", "240.0.0.1",
                                    "169.254.169.254", "169.254.170.2",   "fd00:ec2::254",
                                    "100.100.100.200", "168.63.129.16",   "192.0.0.192",
                                    "198.18.0.1",      "192.0.2.1",       "2001:db8::1",
                                    "2002:7f00:1::",   "2002:101:101::",  "2001:0:1::1"})
            CPPUNIT_ASSERT_MESSAGE(address, !allows(policy, address));
    }

    void edgesOfDeniedNetworksAreExact() {
        const AddressPolicy policy({}, {});
        for (const char* address :
             {"9.255.255.255", "11.0.0.0", "126.255.255.255", "128.0.0.0", "172.15.255.255", "172.32.0.0",
              "192.167.255.255", "192.169.0.0", "100.63.255.255", "100.128.0.0", "169.253.255.255",
              "169.255.0.0", "223.255.255.255"})
            CPPUNIT_ASSERT_MESSAGE(address, allows(policy, address));
    }

    void wrappedAddressesAreJudgedByWhatTheyCarry() {
        const AddressPolicy defaults({}, {});
        for (const char* prefix : {"::ffff:", "64:ff9b::", "64:ff9b:1::", "::"}) {
            for (const char* address : {"127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.0.1"})
                CPPUNIT_ASSERT_MESSAGE(std::string(prefix) + address,
                                       !allows(defaults, std::string(prefix) + address));
        }
        const AddressPolicy allowing(networks({"10.0.0.0/8"}), {});
        CPPUNIT_ASSERT(allows(allowing, "64:ff9b::10.1.1.1"));
        CPPUNIT_ASSERT(!allows(allowing, "64:ff9b::127.0.0.1"));
        const AddressPolicy denying({}, networks({"1.1.1.0/24"}));
        CPPUNIT_ASSERT(!allows(denying, "::ffff:1.1.1.1"));
        CPPUNIT_ASSERT(allows(denying, "::ffff:1.1.2.1"));
    }

    void refusalOfAPrivateNetworkSpellsOutTheLineThatAllowsIt() {
        const auto refusal = AddressPolicy({}, {}).refusal(IpAddress::parse("10.20.30.40").value());
        CPPUNIT_ASSERT(refusal.has_value());
        CPPUNIT_ASSERT(refusal->advice.find("probe.allow = 10.0.0.0/8") != std::string::npos);
        CPPUNIT_ASSERT(refusal->saw.find("private network") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE("the address itself is nobody's business",
                               refusal->saw.find("10.20") == std::string::npos);
    }

    void metadataIsRefusedWithoutAnOffer() {
        const auto refusal =
            AddressPolicy({}, {}).refusal(IpAddress::parse("::ffff:169.254.169.254").value());
        CPPUNIT_ASSERT(refusal.has_value());
        CPPUNIT_ASSERT(refusal->saw.find("metadata") != std::string::npos);
        CPPUNIT_ASSERT(refusal->advice.find("probe.allow") == std::string::npos);
    }

    void allowBeatsTheDefaults() {
        const AddressPolicy policy(networks({"127.0.0.0/8", "10.1.0.0/16", "::1"}), {});
        CPPUNIT_ASSERT(allows(policy, "127.0.0.1"));
        CPPUNIT_ASSERT(allows(policy, "10.1.200.1"));
        CPPUNIT_ASSERT(allows(policy, "::1"));
        CPPUNIT_ASSERT(!allows(policy, "10.2.0.1"));
        CPPUNIT_ASSERT(!allows(policy, "169.254.169.254"));
    }

    void wideNetworksOpenNoMetadata() {
        const std::pair<const char*, const char*> closed[] = {
            {"fc00::/7", "fd00:ec2::254"},
            {"fc00::/7", "fd20:ce::254"},
            {"fc00::/7", "fd00:42::42"},
            {"fd20:ce::/64", "fd20:ce::254"},
            {"fd00::/8", "fd00:ec2::254"},
            {"::/0", "fd00:ec2::254"},
            {"100.64.0.0/10", "100.100.100.200"},
            {"100.100.100.0/24", "100.100.100.200"},
            {"169.254.0.0/16", "169.254.169.254"},
            {"169.254.169.0/24", "169.254.169.254"},
            {"169.254.0.0/16", "169.254.170.2"},
            {"168.63.0.0/16", "168.63.129.16"},
            {"192.0.0.0/24", "192.0.0.192"},
            {"0.0.0.0/0", "169.254.169.254"},
            {"0.0.0.0/0", "169.254.1.1"},
            {"0.0.0.0/0", "0.0.0.0"},
            {"0.0.0.0/0", "224.0.0.1"},
            {"0.0.0.0/0", "255.255.255.255"},
            {"240.0.0.0/4", "255.255.255.255"},
            {"::/0", "::"},
            {"::/0", "fe80::1"},
            {"::/0", "ff02::1"},
            {"::/0", "2002:7f00:1::"},
            {"169.254.169.254/32", "169.254.1.1"},
        };
        for (const auto& [network, address] : closed)
            CPPUNIT_ASSERT_MESSAGE(std::string(network) + " " + address,
                                   !allows(AddressPolicy(networks({network}), {}), address));
        const auto refusal = AddressPolicy(networks({"100.64.0.0/10"}), {})
                                 .refusal(IpAddress::parse("100.100.100.200").value());
        CPPUNIT_ASSERT(refusal->saw.find("metadata") != std::string::npos);
    }

    void networksInsideADeniedOneOpenIt() {
        const std::pair<const char*, const char*> open[] = {
            {"169.254.169.254/32", "169.254.169.254"},
            {"100.100.100.200/32", "100.100.100.200"},
            {"fd00:ec2::254/128", "fd00:ec2::254"},
            {"fd00:ec2::/32", "fd00:ec2::254"},
            {"fd20:ce::254/128", "fd20:ce::254"},
            {"169.254.0.0/16", "169.254.1.1"},
            {"fe80::/10", "fe80::1"},
            {"198.51.100.128/25", "198.51.100.200"},
        };
        for (const auto& [network, address] : open)
            CPPUNIT_ASSERT_MESSAGE(std::string(network) + " " + address,
                                   allows(AddressPolicy(networks({network}), {}), address));
        CPPUNIT_ASSERT_MESSAGE(
            "a wide network takes nothing from a narrow one",
            allows(AddressPolicy(networks({"169.254.169.254", "0.0.0.0/0"}), {}), "169.254.169.254"));
    }

    void wideNetworksOpenLoopbackAndPrivateNetworks() {
        const AddressPolicy policy(networks({"0.0.0.0/0", "::/0"}), {});
        for (const char* address : {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1",
                                    "198.18.0.1", "fd00::1", "fc00::1", "::ffff:10.0.0.1", "1.1.1.1"})
            CPPUNIT_ASSERT_MESSAGE(address, allows(policy, address));
    }

    void wrappedMetadataIsOpenedByItsOwnNetworkOnly() {
        for (const char* prefix : {"::ffff:", "64:ff9b::", "64:ff9b:1::", "::"}) {
            const std::string address = std::string(prefix) + "169.254.169.254";
            for (const char* network : {"0.0.0.0/0", "169.254.0.0/16", "::/0", "::ffff:0:0/96", "::/96",
                                        "64:ff9b::/96", "64:ff9b:1::/48", "::ffff:169.254.0.0/112"})
                CPPUNIT_ASSERT_MESSAGE(address + " " + network,
                                       !allows(AddressPolicy(networks({network}), {}), address));
            CPPUNIT_ASSERT_MESSAGE(address,
                                   allows(AddressPolicy(networks({"169.254.169.254"}), {}), address));
            CPPUNIT_ASSERT_MESSAGE(address,
                                   allows(AddressPolicy({Network::parse(address + "/128")}, {}), address));
        }
    }

    void denyBeatsAllow() {
        const AddressPolicy policy(networks({"10.0.0.0/8"}), networks({"10.1.1.0/24", "2a00::/16"}));
        CPPUNIT_ASSERT(allows(policy, "10.1.2.1"));
        CPPUNIT_ASSERT(!allows(policy, "10.1.1.1"));
        CPPUNIT_ASSERT(!allows(policy, "2a00:1::1"));
        CPPUNIT_ASSERT(policy.refusal(IpAddress::parse("10.1.1.1").value())->saw.find("probe.deny") !=
                       std::string::npos);
    }

    void networksAreReadAndWritten() {
        for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "192.168.1.128/25", "::/0"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), Network::parse(text).toString());
        CPPUNIT_ASSERT_EQUAL(std::string("10.1.2.3/32"), Network::parse("10.1.2.3").toString());
        CPPUNIT_ASSERT_EQUAL(std::string("::1/128"), Network::parse("::1").toString());
        CPPUNIT_ASSERT(!Network::parse("0.0.0.0/0").contains(IpAddress::parse("::1").value()));
    }

    void badNetworksAreRefused() {
        for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129",
                                 "10.0.0.0/8x", "localhost", "10.0.0.1/8", "fd00::1/8"})
            CPPUNIT_ASSERT_THROW_MESSAGE(text, static_cast<void>(Network::parse(text)),
                                         std::invalid_argument);
        try {
            static_cast<void>(Network::parse("10.1.2.3/8"));
        } catch (const std::invalid_argument& error) {
            CPPUNIT_ASSERT(std::string(error.what()).find("write 10.0.0.0/8") != std::string::npos);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AddressPolicyTest);

} // namespace coffer::backup_credentials
