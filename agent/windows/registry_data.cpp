// Which bytes does Windows store for a registry value?
#include "agent/windows/registry_data.hpp"

#include "probes/windows/text.hpp"

#include <cstring>

namespace rdpmedic::windows {

namespace {

template <class T>
Bytes bytes_of(const T* data, std::size_t count) {
    Bytes bytes(count * sizeof(T));
    if (!bytes.empty())
        std::memcpy(bytes.data(), data, bytes.size());
    return bytes;
}

struct RawData {
    Bytes operator()(const Bytes& data) const { return data; }
    Bytes operator()(std::uint32_t data) const { return bytes_of(&data, 1); }
    Bytes operator()(std::uint64_t data) const { return bytes_of(&data, 1); }
    Bytes operator()(const std::string& data) const {
        const std::wstring wide = to_wide(data);
        return bytes_of(wide.c_str(), wide.size() + 1);
    }
    Bytes operator()(const std::vector<std::string>& data) const {
        std::wstring all;
        for (const std::string& item : data)
            all += to_wide(item) + L'\0';
        return bytes_of(all.c_str(), all.size() + 1);
    }
};

} // namespace

// https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types
Bytes registry_data(const RegistryValue& value) { return std::visit(RawData{}, value.data); }

} // namespace rdpmedic::windows
