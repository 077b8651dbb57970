// What may a repair do to the host? How each change is told to people and kept in the journal.
#include "agent/repair/change.hpp"

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

template <class Table, class Enum>
const char* name_in(const Table& table, Enum value) {
    for (const auto& row : table)
        if (row.value == value)
            return row.name;
    return "unknown";
}

template <class Table>
auto value_in(const Table& table, JsonFields& fields, const char* field) {
    const std::string name = fields.text(field);
    for (const auto& row : table)
        if (row.name == name)
            return row.value;
    fields.complain(std::string(field) + " has the unknown value \"" + name + "\"");
    return table.front().value;
}

struct Describe {
    std::string operator()(const SetFileAccess& c) const { return "set owner and access of the file " + c.path; }
    std::string operator()(const SetRegistryAccess& c) const {
        return "set owner and access of the key HKLM\\" + c.key.key;
    }
    std::string operator()(const SetRegistryValue& c) const {
        return (c.value ? "set the value HKLM\\" : "delete the value HKLM\\") + c.key.key + ": " + c.name;
    }
    std::string operator()(const SetServiceState& c) const {
        return (c.state == ServiceState::running ? "start service " : "stop service ") + c.service;
    }
    std::string operator()(const SetServiceStart& c) const {
        return "set the start type of service " + c.service + " to " + name_in(start_types, c.start);
    }
    std::string operator()(const DeleteCertificate& c) const {
        return "delete certificate " + c.thumbprint + " from the store " + c.store;
    }
    std::string operator()(const AddCertificate& c) const {
        return "put certificate " + c.thumbprint + " back into the store " + c.store;
    }
    std::string operator()(const RenameFile& c) const { return "move the file " + c.from + " to " + c.to; }
};

struct RegistryData {
    json operator()(const Bytes& data) const { return {{"binary", to_hex(data)}}; }
    json operator()(std::uint32_t data) const { return {{"dword", data}}; }
    json operator()(std::uint64_t data) const { return {{"qword", std::to_string(data)}}; }
    json operator()(const std::string& data) const { return {{"text", data}}; }
    json operator()(const std::vector<std::string>& data) const { return {{"list", data}}; }
};

struct ToJson {
    json operator()(const SetFileAccess& c) const {
        return {{"change", "set_file_security"}, {"path", c.path}, {"descriptor", to_hex(c.descriptor)}};
    }
    json operator()(const SetRegistryAccess& c) const {
        return {{"change", "set_registry_security"}, {"key", c.key.key}, {"descriptor", to_hex(c.descriptor)}};
    }
    json operator()(const SetRegistryValue& c) const {
        json value = nullptr;
        if (c.value)
            value = {{"type", c.value->type}, {"data", std::visit(RegistryData{}, c.value->data)}};
        return {{"change", "set_registry_value"}, {"key", c.key.key}, {"name", c.name}, {"value", value}};
    }
    json operator()(const SetServiceState& c) const {
        return {{"change", "set_service_state"}, {"service", c.service}, {"state", name_in(service_states, c.state)}};
    }
    json operator()(const SetServiceStart& c) const {
        return {{"change", "set_service_start"}, {"service", c.service}, {"start", name_in(start_types, c.start)}};
    }
    json operator()(const DeleteCertificate& c) const {
        return {{"change", "delete_certificate"},
                {"store", c.store},
                {"thumbprint", c.thumbprint},
                {"key_file", c.key_file}};
    }
    json operator()(const AddCertificate& c) const {
        return {{"change", "add_certificate"},        {"store", c.store},       {"thumbprint", c.thumbprint},
                {"serialized", to_hex(c.serialized)}, {"key_file", c.key_file}, {"key_bytes", to_hex(c.key_bytes)}};
    }
    json operator()(const RenameFile& c) const {
        return {{"change", "move_file"}, {"from", c.from}, {"to", c.to}, {"replace", c.replace}};
    }
};

std::uint32_t dword(JsonFields& fields, const char* name) {
    const std::int64_t number = fields.number(name);
    if (number >= 0 && number <= std::numeric_limits<std::uint32_t>::max())
        return static_cast<std::uint32_t>(number);
    fields.complain(std::string(name) + " does not fit in 32 bits");
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
    result.type = dword(fields, "type");
    const json* data = fields.find("data");
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    JsonFields inner(*data, "registry data");
    if (data->contains("binary"))
        result.data = inner.bytes("binary");
    else if (data->contains("dword"))
        result.data = dword(inner, "dword");
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

Change set_registry_value(JsonFields& fields) {
    SetRegistryValue change{{fields.text("key")}, fields.text("name"), std::nullopt};
    const json* value = fields.find("value");
    if (value == nullptr || value->is_null())
        return change;
    auto read = registry_value(*value);
    if (read)
        change.value = *read;
    else
        fields.complain(read.error().where);
    return change;
}

Change change_of_kind(const std::string& kind, JsonFields& fields) {
    if (kind == "set_file_security")
        return SetFileAccess{fields.text("path"), fields.bytes("descriptor")};
    if (kind == "set_registry_security")
        return SetRegistryAccess{{fields.text("key")}, fields.bytes("descriptor")};
    if (kind == "set_registry_value")
        return set_registry_value(fields);
    if (kind == "set_service_state")
        return SetServiceState{fields.text("service"), value_in(service_states, fields, "state")};
    if (kind == "set_service_start")
        return SetServiceStart{fields.text("service"), value_in(start_types, fields, "start")};
    if (kind == "delete_certificate")
        return DeleteCertificate{fields.text("store"), fields.text("thumbprint"), fields.text("key_file")};
    if (kind == "add_certificate")
        return AddCertificate{fields.text("store"), fields.text("thumbprint"), fields.bytes("serialized"),
                              fields.text("key_file"), fields.bytes("key_bytes")};
    if (kind == "move_file")
        return RenameFile{fields.text("from"), fields.text("to"), fields.flag("replace")};
    fields.complain("unknown change \"" + kind + "\"");
    return RenameFile{};
}

} // namespace

std::string describe(const Change& change) { return std::visit(Describe{}, change); }

nlohmann::json to_json(const Change& change) { return std::visit(ToJson{}, change); }

Result<Change> change_from_json(const nlohmann::json& value) {
    JsonFields fields(value, "change");
    const std::string kind = fields.text("change");
    Change change = change_of_kind(kind, fields);
    if (auto finished = fields.finish(); !finished)
        return finished.error();
    return change;
}

} // namespace rdpmedic
