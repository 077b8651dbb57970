// What does a registry export of regedit hold, as a host that probes can ask?
#include "tests/support/reg_file.hpp"

#include "probes/formats/utf16.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rdpmedic::testing {
namespace {

// regedit writes UTF-16LE with a byte order mark; other tools write UTF-8.
std::string utf8_of(std::string_view bytes) {
    if (bytes.substr(0, 2) == "\xFF\xFE")
        return utf8_from_utf16le(reinterpret_cast<const std::uint8_t*>(bytes.data()) + 2, bytes.size() - 2);
    return std::string(bytes.substr(0, 3) == "\xEF\xBB\xBF" ? bytes.substr(3) : bytes);
}

std::string text_of(const Bytes& data) {
    std::string text = utf8_from_utf16le(data.data(), data.size());
    return text.substr(0, text.find('\0'));
}

std::vector<std::string> list_of(const Bytes& data) {
    std::vector<std::string> list;
    std::istringstream text(utf8_from_utf16le(data.data(), data.size()));
    for (std::string item; std::getline(text, item, '\0') && !item.empty();)
        list.push_back(item);
    return list;
}

std::uint64_t number_of(const Bytes& data) {
    std::uint64_t number = 0;
    for (std::size_t i = data.size(); i-- > 0;)
        number = number << 8 | data[i];
    return number;
}

RegistryValue typed(std::uint32_t type, Bytes data) {
    if (type == 1 || type == 2)
        return {type, text_of(data)};
    if (type == 7)
        return {type, list_of(data)};
    if (type == 4 && data.size() == 4)
        return {type, static_cast<std::uint32_t>(number_of(data))};
    if (type == 11 && data.size() == 8)
        return {type, number_of(data)};
    return {type, std::move(data)};
}

class Reader {
  public:
    Reader(std::string_view text, FakeHost& host) : text_(text), host_(host) {}

    Result<RegImport> read() {
        if (next_line() != "Windows Registry Editor Version 5.00")
            return malformed("not a registry export");
        while (at_ < text_.size()) {
            const std::size_t start = at_;
            const std::string_view line = next_line();
            if (line.empty() || line[0] == ';')
                continue;
            if (line[0] == '[') {
                if (!open_key(line))
                    return malformed("a key without its closing bracket");
                continue;
            }
            at_ = start;
            if (!read_value())
                return malformed("not a value");
        }
        return counts_;
    }

  private:
    Error malformed(const char* what) const {
        const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(line_start_, text_.size()));
        return {Errc::malformed, 0,
                "line " + std::to_string(1 + std::count(text_.begin(), end, '\n')) + ": " + std::string(what)};
    }

    std::string_view next_line() {
        line_start_ = at_;
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        return line;
    }

    bool open_key(std::string_view line) {
        constexpr std::string_view root = "HKEY_LOCAL_MACHINE\\";
        if (line.back() != ']')
            return false;
        const std::string_view name = line.substr(1, line.size() - 2);
        wanted_ = name.substr(0, root.size()) == root;
        if (!wanted_) {
            ++counts_.ignored;
            return true;
        }
        key_.key = std::string(name.substr(root.size()));
        host_.registry[FakeHost::lower(key_.key)];
        ++counts_.keys;
        return true;
    }

    // "text with \\ and \" in it"; may run over lines.
    std::optional<std::string> read_quoted() {
        std::string result;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '"')
                return ++at_, result;
            if (text_[at_] == '\\' && ++at_ == text_.size())
                break;
            result += text_[at_];
        }
        return std::nullopt;
    }

    // The rest of the line and of the lines that it continues on, without blanks.
    std::string rest() {
        std::string result;
        for (;;) {
            std::string_view line = next_line();
            const bool goes_on = !line.empty() && line.back() == '\\';
            if (goes_on)
                line.remove_suffix(1);
            for (const char c : line)
                if (c != ' ' && c != '\t')
                    result += c;
            if (!goes_on || at_ >= text_.size())
                return result;
        }
    }

    bool read_value() {
        std::string name;
        if (text_[at_] == '@') {
            ++at_;
        } else if (text_[at_] == '"') {
            auto quoted = read_quoted();
            if (!quoted)
                return false;
            name = *quoted;
        } else {
            return false;
        }
        if (at_ >= text_.size() || text_[at_++] != '=')
            return false;
        if (at_ < text_.size() && text_[at_] == '"') {
            auto quoted = read_quoted();
            return quoted && rest().empty() && keep(name, {1, *quoted});
        }
        const std::string data = rest();
        if (data == "-")
            return ++counts_.ignored, true;
        if (data.compare(0, 6, "dword:") == 0)
            return read_number(name, data.substr(6));
        return read_hex(name, data);
    }

    bool read_number(const std::string& name, const std::string& digits) {
        if (digits.empty() || digits.size() > 8 || digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos)
            return false;
        return keep(name, {4, static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16))});
    }

    // hex:01,02 is REG_BINARY; hex(b):... names the type.
    bool read_hex(const std::string& name, const std::string& data) {
        const std::size_t colon = data.find(':');
        if (data.compare(0, 3, "hex") != 0 || colon == data.npos)
            return false;
        std::uint32_t type = 3;
        if (colon != 3) {
            if (data[3] != '(' || data[colon - 1] != ')' || colon < 6)
                return false;
            type = static_cast<std::uint32_t>(std::strtoul(data.substr(4, colon - 5).c_str(), nullptr, 16));
        }
        Bytes bytes;
        for (std::size_t i = colon + 1; i < data.size(); i += 3) {
            const std::string pair = data.substr(i, 2);
            if (pair.size() != 2 || pair.find_first_not_of("0123456789abcdefABCDEF") != pair.npos)
                return false;
            if (i + 2 < data.size() && data[i + 2] != ',')
                return false;
            bytes.push_back(static_cast<std::uint8_t>(std::strtoul(pair.c_str(), nullptr, 16)));
        }
        return keep(name, typed(type, std::move(bytes)));
    }

    bool keep(const std::string& name, RegistryValue value) {
        if (!wanted_)
            return ++counts_.ignored, true;
        auto& values = host_.registry[FakeHost::lower(key_.key)];
        for (auto& [known, old] : values)
            if (FakeHost::lower(known) == FakeHost::lower(name))
                return old = std::move(value), ++counts_.values, true;
        values[name] = std::move(value);
        ++counts_.values;
        return true;
    }

    std::string_view text_;
    FakeHost& host_;
    std::size_t at_ = 0, line_start_ = 0;
    RegistryPath key_;
    bool wanted_ = false;
    RegImport counts_;
};

} // namespace

Result<RegImport> import_reg_text(std::string_view bytes, FakeHost& host) {
    const std::string text = utf8_of(bytes);
    return Reader(text, host).read();
}

Result<RegImport> import_reg_file(const std::string& path, FakeHost& host) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return Error{Errc::not_found, 0, path};
    std::ostringstream bytes;
    bytes << file.rdbuf();
    Result<RegImport> result = import_reg_text(bytes.str(), host);
    if (!result)
        return Error{result.error().code, result.error().native, path + ", " + result.error().where};
    return result;
}

std::optional<std::string> samples_folder() {
    const char* named = std::getenv("RDPMEDIC_SAMPLES");
    std::error_code ignored;
    for (const std::string& candidate :
         {std::string(named ? named : ""), std::string(RDPMEDIC_SOURCE_DIR "/../shared/samples")})
        if (!candidate.empty() && std::filesystem::is_directory(candidate, ignored))
            return candidate;
    return std::nullopt;
}

void services_from_registry(FakeHost& host, ServiceState state) {
    const RegistryPath root{R"(SYSTEM\CurrentControlSet\Services)"};
    const auto names = host.registry_subkeys(root);
    if (!names)
        return;
    for (const std::string& name : *names) {
        const RegistryPath key{root.key + "\\" + name};
        const auto number = [&](std::string_view value) -> std::optional<std::uint32_t> {
            const auto found = host.registry_value(key, value);
            if (!found || !std::holds_alternative<std::uint32_t>(found->data))
                return std::nullopt;
            return std::get<std::uint32_t>(found->data);
        };
        const auto text = [&](std::string_view value) {
            const auto found = host.registry_value(key, value);
            return found && std::holds_alternative<std::string>(found->data) ? std::get<std::string>(found->data) : "";
        };
        if (!number("Start") || !number("Type"))
            continue;
        ServiceFacts facts;
        facts.name = name;
        facts.state = state;
        constexpr StartType starts[] = {StartType::boot, StartType::system, StartType::automatic, StartType::manual,
                                        StartType::disabled};
        if (*number("Start") < std::size(starts))
            facts.start = starts[*number("Start")];
        facts.type = *number("Type");
        facts.account = text("ObjectName");
        facts.binary_path = text("ImagePath");
        const auto depends = host.registry_value(key, "DependOnService");
        if (depends && std::holds_alternative<std::vector<std::string>>(depends->data))
            facts.depends_on = std::get<std::vector<std::string>>(depends->data);
        host.services[FakeHost::lower(name)] = facts;
    }
}

} // namespace rdpmedic::testing
