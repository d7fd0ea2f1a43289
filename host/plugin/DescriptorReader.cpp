#include "host/plugin/DescriptorReader.h"

#include "host/plugin/PluginRefused.h"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

namespace coffer::host {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half thisMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half thisMachine = EM_AARCH64;
#else
#error "say which ELF machine this is"
#endif
constexpr unsigned char thisByteOrder =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

constexpr std::size_t mostSections = 4096;        // the largest plugins have some fifty
constexpr std::uint64_t longestNames = 1U << 20U; // bytes of section names
constexpr std::size_t descriptorHead = offsetof(Descriptor, fingerprint);

class ElfReader {
public:
    explicit ElfReader(const PluginFile& file) : file_(file) {}

    [[nodiscard]] Descriptor descriptor() const {
        const auto header = readHeader();
        const auto sections = readSections(header);
        const auto section = find(sections, readNames(sections[header.e_shstrndx]));
        if (!section)
            refuse("is no plugin of this daemon: it has no section `" + std::string(descriptorSection) +
                   "`; a plugin says COFFER_PLUGIN(...) once, at file scope");
        return readDescriptor(*section);
    }

private:
    [[noreturn]] void refuse(const std::string& why) const {
        throw PluginRefused("the file '" + file_.path().string() + "' " + why);
    }
    [[noreturn]] void damaged(const char* what) const {
        refuse(std::string("is damaged (") + what + "); install the plugin again");
    }
    [[nodiscard]] bool within(std::uint64_t offset, std::uint64_t length) const noexcept {
        return offset <= file_.size() && length <= file_.size() - offset;
    }

    [[nodiscard]] Elf64_Ehdr readHeader() const {
        Elf64_Ehdr header{};
        if (file_.size() < sizeof header)
            refuse(file_.size() == 0 ? "is empty; install the plugin again"
                                     : "is too short for a shared library; install the plugin again");
        file_.read(0, std::as_writable_bytes(std::span(&header, 1)));
        if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
            refuse("is not a shared library (ELF); name the plugin's .so file");
        if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != thisByteOrder ||
            header.e_machine != thisMachine)
            refuse("was built for another machine; build the plugin on this one");
        if (header.e_type != ET_DYN)
            refuse("is not a shared library but another kind of ELF file; build it with coffer_add_plugin()");
        return header;
    }

    [[nodiscard]] std::vector<Elf64_Shdr> readSections(const Elf64_Ehdr& header) const {
        if (header.e_shnum == 0 || header.e_shnum > mostSections ||
            header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shstrndx >= header.e_shnum)
            damaged("its section table makes no sense");
        std::vector<Elf64_Shdr> sections(header.e_shnum);
        if (!within(header.e_shoff, sections.size() * sizeof(Elf64_Shdr)))
            damaged("its section table lies outside the file");
        file_.read(header.e_shoff, std::as_writable_bytes(std::span(sections)));
        return sections;
    }

    [[nodiscard]] std::string readNames(const Elf64_Shdr& section) const {
        if (section.sh_type != SHT_STRTAB || section.sh_size > longestNames ||
            !within(section.sh_offset, section.sh_size))
            damaged("its section names lie outside the file");
        std::string names(static_cast<std::size_t>(section.sh_size), '\0');
        file_.read(section.sh_offset, std::as_writable_bytes(std::span(names)));
        return names;
    }

    [[nodiscard]] std::optional<Elf64_Shdr> find(const std::vector<Elf64_Shdr>& sections,
                                                 const std::string& names) const {
        std::optional<Elf64_Shdr> found;
        for (const auto& section : sections) {
            if (section.sh_name >= names.size())
                damaged("a section's name lies outside the file");
            const auto end = names.find('\0', section.sh_name);
            if (end == std::string::npos)
                damaged("a section's name has no end");
            if (std::string_view(names).substr(section.sh_name, end - section.sh_name) != descriptorSection)
                continue;
            if (found)
                damaged("it has two plugin descriptors");
            found = section;
        }
        return found;
    }

    [[nodiscard]] Descriptor readDescriptor(const Elf64_Shdr& section) const {
        if (section.sh_type != SHT_PROGBITS || !within(section.sh_offset, section.sh_size))
            damaged("its plugin descriptor lies outside the file");
        if (section.sh_size < descriptorHead)
            damaged("its plugin descriptor is cut short");
        Descriptor descriptor{};
        const auto length = std::min<std::uint64_t>(section.sh_size, sizeof descriptor);
        file_.read(section.sh_offset,
                   std::as_writable_bytes(std::span(&descriptor, 1)).first(static_cast<std::size_t>(length)));
        if (std::string_view(descriptor.magic.data(), descriptor.magic.size()) != descriptorMagic)
            damaged("its plugin descriptor does not begin with COFFERPL");
        if (descriptor.size != section.sh_size)
            damaged("its plugin descriptor gives the wrong size");
        return descriptor;
    }

    const PluginFile& file_;
};

} // namespace

Descriptor readDescriptor(const PluginFile& file) {
    return ElfReader(file).descriptor();
}

std::vector<std::string> neededServices(const Descriptor& descriptor) {
    std::vector<std::string> services;
    std::string_view rest = textOf(descriptor.needs);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        auto one = rest.substr(0, comma);
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find_last_not_of(' ') + 1);
        if (!one.empty())
            services.emplace_back(one);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return services;
}

} // namespace coffer::host
