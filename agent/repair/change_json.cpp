// How is each change kept in the journal?
#include "agent/repair/change_fields.hpp"
#include "agent/repair/json_fields.hpp"

#include <array>
#include <limits>

namespace rdpmedic {

namespace {

using nlohmann::json;

template <class Enum>
struct Named {
    Enum value;
    const char* name;
};
constexpr std::array start_types{
    Named<StartType>{StartType::boot, "boot"}, Named<StartType>{StartType::system, "system"},
    Named<StartType>{StartType::automatic, "automatic"}, Named<StartType>{StartType::manual, "manual"},
    Named<StartType>{StartType::disabled, "disabled"}};
constexpr std::array service_states{Named<ServiceState>{ServiceState::running, "running"},
                                    Named<ServiceState>{ServiceState::stopped, "stopped"}};

const auto& names_of(StartType) { return start_types; }
const auto& names_of(ServiceState) { return service_states; }

json registry_json(const RegistryValue& value) {
    struct Data {
        json operator()(const Bytes& data) const { return {{"binary", to_hex(data)}}; }
        json operator()(std::uint32_t data) const { return {{"dword", data}}; }
        json operator()(std::uint64_t data) const { return {{"qword", std::to_string(data)}}; }
        json operator()(const std::string& data) const { return {{"text", data}}; }
        json operator()(const std::vector<std::string>& data) const { return {{"list", data}}; }
    };
    return {{"type", value.type}, {"data", std::visit(Data{}, value.data)}};
}

json tree_json(const RegistryTree& tree) {
    json values = json::object(), keys = json::object();
    for (const auto& [name, value] : tree.values)
        values[name] = registry_json(value);
    for (const auto& [name, key] : tree.keys)
        keys[name] = tree_json(key);
    return {{"values", values}, {"keys", keys}};
}

struct Writer {
    json result;

    template <class T>
    requires std::is_enum_v<T>
    void operator()(const char* name, T& value) {
        result[name] = "unknown"; // which reading refuses
        for (const auto& row : names_of(value))
            if (row.value == value)
                result[name] = row.name;
    }
    void operator()(const char* name, Bytes& value) { result[name] = to_hex(value); }
    void operator()(const char* name, std::optional<Time>& value) {
        result[name] = value ? json(value->time_since_epoch().count()) : json(nullptr);
    }
    void operator()(const char* name, std::optional<RegistryValue>& value) {
        result[name] = value ? registry_json(*value) : json(nullptr);
    }
    void operator()(const char* name, RegistryTree& value) { result[name] = tree_json(value); }
    template <class T>
    requires(!std::is_enum_v<T>) void operator()(const char* name, T& value) { result[name] = value; }
    // A field that most changes leave empty, and that journals of before it was there do not have.
    template <class T>
    void where_set(const char* name, T& value) {
        if (!(value == T{}))
            (*this)(name, value);
    }
};

template <class Number>
Number whole(JsonFields& fields, const char* name) {
    const std::int64_t number = fields.number(name);
    if (number >= 0 && number <= static_cast<std::int64_t>(std::numeric_limits<Number>::max()))
        return static_cast<Number>(number);
    fields.complain(std::string(name) + " does not fit in " + std::to_string(sizeof(Number) * 8) + " bits");
    return 0;
}

std::uint64_t qword(JsonFields& fields, const char* name) {
    const std::string text = fields.text(name);
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    errno = 0;
    const unsigned long long number = digits ? std::strtoull(text.c_str(), nullptr, 10) : 0;
    if (!digits || errno != 0)
        fields.complain(std::string(name) + " is not a 64-bit number");
    return number;
}

std::vector<std::string> list(JsonFields& fields, const char* name) {
    std::vector<std::string> result;
    const json* field = fields.find(name);
    if (field == nullptr)
        return result;
    if (!field->is_array())
        fields.complain(std::string(name) + " is not a list");
    for (const json& item : *field)
        if (item.is_string())
            result.push_back(item.get<std::string>());
        else
            fields.complain(std::string(name) + " holds something other than strings");
    return result;
}

Result<RegistryValue> registry_value(const json& value) {
    JsonFields fields(value, "registry value");
    RegistryValue result;
    result.type = whole<std::uint32_t>(fields, "type");
    const json* data = fields.find("data");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    JsonFields inner(*data, "registry data");
    if (data->contains("binary"))
        result.data = inner.bytes("binary");
    else if (data->contains("dword"))
        result.data = whole<std::uint32_t>(inner, "dword");
    else if (data->contains("qword"))
        result.data = qword(inner, "qword");
    else if (data->contains("text"))
        result.data = inner.text("text");
    else
        result.data = list(inner, "list");
    if (auto finished = inner.finish(); !finished)
        return finished.error();
    return result;
}

constexpr int deepest_tree = 16; // the catalogues of Winsock are four deep

Result<RegistryTree> registry_tree(const json& value, int depth) {
    if (depth > deepest_tree)
        return Error{Errc::malformed, 0, "registry tree: too deep"};
    JsonFields fields(value, "registry tree");
    RegistryTree tree;
    const json *values = fields.find("values"), *keys = fields.find("keys");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    if (!values->is_object() || !keys->is_object())
        return Error{Errc::malformed, 0, "registry tree: values and keys are objects"};
    for (const auto& [name, item] : values->items()) {
        auto read = registry_value(item);
        if (!read)
            return read.error();
        tree.values.emplace(name, std::move(*read));
    }
    for (const auto& [name, item] : keys->items()) {
        auto read = registry_tree(item, depth + 1);
        if (!read)
            return read.error();
        tree.keys.emplace(name, std::move(*read));
    }
    return tree;
}

struct Reader {
    JsonFields& fields;

    template <class T>
    requires std::is_enum_v<T>
    void operator()(const char* name, T& value) {
        const std::string text = fields.text(name);
        for (const auto& row : names_of(value))
            if (row.name == text) {
                value = row.value;
                return;
            }
        fields.complain(std::string(name) + " has the unknown value \"" + text + "\"");
    }
    template <class T>
    requires std::is_unsigned_v<T>
    void operator()(const char* name, T& value) { value = whole<T>(fields, name); }
    void operator()(const char* name, bool& value) { value = fields.flag(name); }
    void operator()(const char* name, std::string& value) { value = fields.text(name); }
    void operator()(const char* name, std::vector<std::string>& value) { value = list(fields, name); }
    void operator()(const char* name, Bytes& value) { value = fields.bytes(name); }
    void operator()(const char* name, std::optional<Time>& value) {
        const json* field = fields.find(name);
        if (field != nullptr && !field->is_null())
            value = Time{std::chrono::seconds{fields.number(name)}};
    }
    void operator()(const char* name, std::optional<RegistryValue>& value) {
        const json* field = fields.find(name);
        if (field != nullptr && !field->is_null())
            take(registry_value(*field), value);
    }
    template <class T>
    void where_set(const char* name, T& value) {
        if (fields.has(name))
            (*this)(name, value);
    }
    void operator()(const char* name, RegistryTree& value) {
        if (const json* field = fields.find(name))
            take(registry_tree(*field, 0), value);
    }
    template <class T, class To>
    void take(Result<T> read, To& to) {
        if (read)
            to = std::move(*read);
        else
            fields.complain(read.error().where);
    }
};

// The kinds of the variant one after the other, until one has that name.
template <std::size_t Index = 0>
Change change_of_kind(const std::string& kind, JsonFields& fields) {
    if constexpr (Index < std::variant_size_v<AnyChange>) {
        std::variant_alternative_t<Index, AnyChange> change;
        if (kind != change_fields::kind(change))
            return change_of_kind<Index + 1>(kind, fields);
        Reader reader{fields};
        change_fields::each(reader, change);
        return change;
    } else {
        fields.complain("unknown change \"" + kind + "\"");
        return CannotUndo{};
    }
}

} // namespace

nlohmann::json to_json(const Change& change) {
    return std::visit(
        [](auto which) {
            Writer writer{{{"change", change_fields::kind(which)}}};
            change_fields::each(writer, which);
            return writer.result;
        },
        change);
}

Result<Change> change_from_json(const nlohmann::json& value) {
    JsonFields fields(value, "change");
    const std::string kind = fields.text("change");
    Change change = change_of_kind(kind, fields);
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return change;
}

} // namespace rdpmedic
