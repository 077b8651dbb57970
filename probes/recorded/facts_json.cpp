// How are facts written as JSON, so that what is read back is equal to what was written?
#include "probes/recorded/facts_json.hpp"

#include "probes/hex.hpp"
#include "probes/recorded/facts_fields.hpp"
#include "probes/recorded/facts_names.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace rdpmedic {
namespace recorded {
namespace {

using nlohmann::json;

template <class T>
concept Enum = std::is_enum_v<T>;
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept Struct = std::is_class_v<T>;

// The types of registry values that have a name: https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types
constexpr std::array registry_types{
    Name<std::uint32_t>{0, "REG_NONE"},      Name<std::uint32_t>{1, "REG_SZ"},
    Name<std::uint32_t>{2, "REG_EXPAND_SZ"}, Name<std::uint32_t>{3, "REG_BINARY"},
    Name<std::uint32_t>{4, "REG_DWORD"},     Name<std::uint32_t>{5, "REG_DWORD_BIG_ENDIAN"},
    Name<std::uint32_t>{6, "REG_LINK"},      Name<std::uint32_t>{7, "REG_MULTI_SZ"},
    Name<std::uint32_t>{11, "REG_QWORD"},
};

// A struct, so that the overloads see each other whatever their order.
struct Encode {
    json& object;

    template <class T>
    void operator()(const char* name, const T& value) {
        object[name] = of(value);
    }
    template <class T>
    void operator()(const char* name, const std::optional<T>& value) {
        if (value)
            object[name] = of(*value);
    }

    static json of(bool value) { return value; }
    static json of(const std::string& value) { return value; }
    static json of(const Bytes& value) { return to_hex(value); }
    static json of(Time value) { return to_iso(value); }
    static json of(std::chrono::milliseconds value) { return static_cast<std::int64_t>(value.count()); }
    static json of(Errc value) { return name_of(value); }
    template <Whole T>
    static json of(T value) {
        return value;
    }
    template <Enum E>
    static json of(E value) {
        for (const auto& name : names(E{}))
            if (name.value == value)
                return name.text;
        return "unknown";
    }
    template <class T>
    static json of(const std::vector<T>& values) {
        json array = json::array();
        for (const T& value : values)
            array.push_back(of(value));
        return array;
    }
    template <class T>
    static json of(const std::map<std::string, T>& values) {
        json object = json::object();
        for (const auto& [name, value] : values)
            object[name] = of(value);
        return object;
    }
    template <class T>
    static json of(const Result<T>& result) {
        if (!result)
            return {{"error", of(result.error())}};
        if constexpr (std::is_void_v<T>)
            return {{"value", nullptr}};
        else
            return {{"value", of(*result)}};
    }
    static json of(const RegistryValue& value) {
        json object{{"type", value.type}};
        for (const auto& name : registry_types)
            if (name.value == value.type)
                object["type"] = name.text;
        constexpr std::array members{"bytes", "dword", "qword", "text", "list"};
        std::visit([&](const auto& data) { object[members[value.data.index()]] = of(data); }, value.data);
        return object;
    }
    template <Struct T>
    static json of(const T& facts) {
        json object = json::object();
        Encode visit{object};
        fields(visit, facts);
        return object;
    }
};

// Where in the document: a chain on the stack, written out only for an error.
struct Place {
    const Place* parent = nullptr;
    std::string_view name{};
    std::size_t index = 0;

    std::string text() const {
        if (!parent)
            return std::string(name);
        return parent->text() + (name.empty() ? "[" + std::to_string(index) + "]" : "." + std::string(name));
    }
};

struct Decode {
    std::optional<Error>& problem; // the first one
    const json* object = nullptr;  // whose members are being visited
    const Place* here = nullptr;

    void refuse(const Place& place, const std::string& expected, const json& found) {
        if (!problem)
            problem =
                Error{Errc::malformed, 0, place.text() + ": expected " + expected + ", found " + found.type_name()};
    }

    template <class T>
    void operator()(const char* name, T& value) {
        const Place place{here, name};
        const auto found = object->find(name);
        if (found != object->end())
            into(*found, place, value);
        else if (!problem)
            problem = Error{Errc::malformed, 0, place.text() + ": missing"};
    }
    template <class T>
    void operator()(const char* name, std::optional<T>& value) {
        const auto found = object->find(name);
        if (found != object->end() && !found->is_null())
            into(*found, {here, name}, value.emplace());
    }

    void into(const json& node, const Place& place, bool& value) {
        if (!node.is_boolean())
            return refuse(place, "true or false", node);
        value = node.get<bool>();
    }
    void into(const json& node, const Place& place, std::string& value) {
        if (!node.is_string())
            return refuse(place, "text", node);
        value = node.get_ref<const std::string&>();
    }
    template <class T, class Parse>
    void parsed(const json& node, const Place& place, const char* expected, T& value, Parse parse) {
        std::string text;
        into(node, place, text);
        if (problem)
            return;
        if (auto result = parse(text))
            value = *result;
        else
            problem = Error{Errc::malformed, 0,
                            place.text() + ": expected " + expected + ", found '" + text.substr(0, 40) + "'"};
    }
    void into(const json& node, const Place& place, Bytes& value) {
        parsed(node, place, "bytes in hex", value, [](const std::string& text) { return from_hex(text); });
    }
    void into(const json& node, const Place& place, Time& value) {
        parsed(node, place, "a time as 2026-01-15T00:00:00Z", value,
               [](const std::string& text) { return time_from_iso(text); });
    }
    void into(const json& node, const Place& place, Errc& value) {
        parsed(node, place, "an error", value,
               [](const std::string& text) { return std::optional<Errc>{errc_from_name(text)}; });
    }
    template <Enum E>
    void into(const json& node, const Place& place, E& value) {
        parsed(node, place, "one of the known names", value, [](const std::string& text) -> std::optional<E> {
            for (const auto& name : names(E{}))
                if (name.text == text)
                    return name.value;
            return std::nullopt;
        });
    }
    template <Whole T>
    void into(const json& node, const Place& place, T& value) {
        using Limits = std::numeric_limits<T>;
        const std::string expected = "a whole number up to " + std::to_string(Limits::max());
        if (node.is_number_unsigned()) {
            const auto number = node.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(Limits::max()))
                return refuse(place, expected, node);
            value = static_cast<T>(number);
        } else if (std::is_signed_v<T> && node.is_number_integer()) {
            const auto number = node.get<std::int64_t>();
            if (number < static_cast<std::int64_t>(Limits::min()))
                return refuse(place, expected, node);
            value = static_cast<T>(number);
        } else {
            refuse(place, expected, node);
        }
    }
    void into(const json& node, const Place& place, std::chrono::milliseconds& value) {
        std::int64_t number = 0;
        into(node, place, number);
        value = std::chrono::milliseconds{number};
    }
    template <class T>
    void into(const json& node, const Place& place, std::vector<T>& values) {
        if (!node.is_array())
            return refuse(place, "a list", node);
        for (std::size_t i = 0; i < node.size() && !problem; ++i)
            into(node[i], {&place, {}, i}, values.emplace_back());
    }
    template <class T>
    void into(const json& node, const Place& place, std::map<std::string, T>& values) {
        if (!node.is_object())
            return refuse(place, "an object", node);
        for (auto member = node.begin(); member != node.end() && !problem; ++member)
            into(*member, {&place, member.key()}, values[member.key()]);
    }
    template <class T>
    void into(const json& node, const Place& place, Result<T>& result) {
        if (!node.is_object() || node.contains("value") == node.contains("error"))
            return refuse(place, "an object with either 'value' or 'error'", node);
        if (const auto found = node.find("error"); found != node.end()) {
            Error error;
            into(*found, {&place, "error"}, error);
            result = error;
        } else if constexpr (std::is_void_v<T>) {
            result = {};
        } else {
            T value{};
            into(node.at("value"), {&place, "value"}, value);
            result = std::move(value);
        }
    }
    void into(const json& node, const Place& place, RegistryValue& value) {
        if (!node.is_object() || !node.contains("type"))
            return refuse(place, "a registry value with a 'type'", node);
        registry_type(node.at("type"), {&place, "type"}, value.type);
        object = &node, here = &place;
        if (node.contains("bytes"))
            return (*this)("bytes", value.data.emplace<Bytes>());
        if (node.contains("dword"))
            return (*this)("dword", value.data.emplace<std::uint32_t>());
        if (node.contains("qword"))
            return (*this)("qword", value.data.emplace<std::uint64_t>());
        if (node.contains("text"))
            return (*this)("text", value.data.emplace<std::string>());
        if (node.contains("list"))
            return (*this)("list", value.data.emplace<std::vector<std::string>>());
        refuse(place, "one of 'dword', 'qword', 'text', 'list' and 'bytes'", node);
    }
    void registry_type(const json& node, const Place& place, std::uint32_t& type) {
        if (!node.is_string())
            return into(node, place, type);
        for (const auto& name : registry_types)
            if (name.text == node.get_ref<const std::string&>())
                return void(type = name.value);
        refuse(place, "a registry type such as REG_SZ, or its number", node);
    }
    template <Struct T>
    void into(const json& node, const Place& place, T& facts) {
        if (!node.is_object())
            return refuse(place, "an object", node);
        Decode visit{problem, &node, &place};
        fields(visit, facts);
    }
};

} // namespace
} // namespace recorded

template <class T>
nlohmann::json facts_to_json(const T& facts) {
    return recorded::Encode::of(facts);
}

template <class T>
Result<> facts_from_json(const nlohmann::json& json, const std::string& path, T& facts) {
    std::optional<Error> problem;
    recorded::Decode decode{problem};
    decode.into(json, {nullptr, path}, facts);
    if (problem)
        return *problem;
    return {};
}

#define RDPMEDIC_FACT(...)                                                                                             \
    template nlohmann::json facts_to_json(const __VA_ARGS__&);                                                         \
    template Result<> facts_from_json(const nlohmann::json&, const std::string&, __VA_ARGS__&);                        \
    template nlohmann::json facts_to_json(const Result<__VA_ARGS__>&);                                                 \
    template Result<> facts_from_json(const nlohmann::json&, const std::string&, Result<__VA_ARGS__>&);

RDPMEDIC_FACT(Time)
RDPMEDIC_FACT(Bytes)
RDPMEDIC_FACT(RegistryPath)
RDPMEDIC_FACT(RegistryValue)
RDPMEDIC_FACT(std::map<std::string, RegistryValue>)
RDPMEDIC_FACT(std::vector<std::string>)
RDPMEDIC_FACT(ServiceFacts)
RDPMEDIC_FACT(KeyLocation)
RDPMEDIC_FACT(StoreCertificate)
RDPMEDIC_FACT(std::vector<StoreCertificate>)
RDPMEDIC_FACT(FileFacts)
RDPMEDIC_FACT(FileEnds)
RDPMEDIC_FACT(Session)
RDPMEDIC_FACT(std::vector<Session>)
RDPMEDIC_FACT(WinsockEntry)
RDPMEDIC_FACT(WinsockCatalog)
RDPMEDIC_FACT(TcpListener)
RDPMEDIC_FACT(std::vector<TcpListener>)
RDPMEDIC_FACT(Endpoint)
RDPMEDIC_FACT(HandshakeFacts)
RDPMEDIC_FACT(FirewallProfiles)
RDPMEDIC_FACT(std::string)
RDPMEDIC_FACT(std::uint32_t)
RDPMEDIC_FACT(ServiceSummary)
RDPMEDIC_FACT(UdpEndpoint)
RDPMEDIC_FACT(TcpConnection)
RDPMEDIC_FACT(PortRange)
RDPMEDIC_FACT(TcpStatistics)
RDPMEDIC_FACT(AdapterFacts)
RDPMEDIC_FACT(NetworkProfile)
RDPMEDIC_FACT(EchoFacts)
RDPMEDIC_FACT(FullEchoFacts)
RDPMEDIC_FACT(PowerFacts)
RDPMEDIC_FACT(HostNames)
RDPMEDIC_FACT(EventPage)
RDPMEDIC_FACT(MemoryFacts)
RDPMEDIC_FACT(ProcessFacts)
RDPMEDIC_FACT(VolumeFacts)
RDPMEDIC_FACT(SignatureFacts)
RDPMEDIC_FACT(GroupMember)
RDPMEDIC_FACT(DomainMembership)
RDPMEDIC_FACT(SecureChannel)
RDPMEDIC_FACT(ClockOffset)
RDPMEDIC_FACT(LicensingFacts)
RDPMEDIC_FACT(GatewayFacts)
RDPMEDIC_FACT(HttpsBinding)
RDPMEDIC_FACT(SecurityProduct)
RDPMEDIC_FACT(FilterProvider)
RDPMEDIC_FACT(FilterCondition)
RDPMEDIC_FACT(Filter)
RDPMEDIC_FACT(FirewallProduct)
RDPMEDIC_FACT(TlsFacts)
RDPMEDIC_FACT(std::vector<ServiceSummary>)
RDPMEDIC_FACT(std::vector<UdpEndpoint>)
RDPMEDIC_FACT(std::vector<TcpConnection>)
RDPMEDIC_FACT(std::vector<PortRange>)
RDPMEDIC_FACT(std::vector<AdapterFacts>)
RDPMEDIC_FACT(std::vector<NetworkProfile>)
RDPMEDIC_FACT(std::vector<GroupMember>)
RDPMEDIC_FACT(std::vector<HttpsBinding>)
RDPMEDIC_FACT(std::vector<SecurityProduct>)
RDPMEDIC_FACT(std::vector<FilterProvider>)
RDPMEDIC_FACT(std::vector<Filter>)
RDPMEDIC_FACT(std::vector<FirewallProduct>)
#undef RDPMEDIC_FACT
template nlohmann::json facts_to_json(const Error&);
template Result<> facts_from_json(const nlohmann::json&, const std::string&, Error&);

} // namespace rdpmedic
