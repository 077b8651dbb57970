// Which transports does Winsock offer to the programs of this machine, and which DLLs carry them?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"

#include <ws2spi.h>

namespace rdpmedic::windows {
namespace {

// Winsock counts users; a call made outside fails with WSANOTINITIALISED.
// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsastartup
class WinsockUse {
  public:
    WinsockUse() noexcept {
        WSADATA data{};
        code_ = ::WSAStartup(MAKEWORD(2, 2), &data);
    }
    ~WinsockUse() {
        if (code_ == 0)
            ::WSACleanup();
    }
    WinsockUse(const WinsockUse&) = delete;
    WinsockUse& operator=(const WinsockUse&) = delete;
    int code() const noexcept { return code_; }

  private:
    int code_ = 0;
};

using EnumProtocols = int WSPAPI(int* protocols, WSAPROTOCOL_INFOW* buffer, DWORD* size, int* code);
using GetProviderPath = int WSPAPI(GUID* provider, wchar_t* path, int* size, int* code);
using EnumNamespaces = int WSPAPI(DWORD* size, WSANAMESPACE_INFOW* buffer);

// Empty where the call does not answer: Wine has none that does.
std::string path_of(GetProviderPath* ask, GUID provider) {
    if (!ask)
        return {};
    wchar_t path[MAX_PATH + 1] = {};
    int size = MAX_PATH, code = 0;
    if (ask(&provider, path, &size, &code) != 0)
        return {};
    return to_utf8(path);
}

WinsockEntry entry_of(const WSAPROTOCOL_INFOW& info, GetProviderPath* ask_path) {
    WinsockEntry entry;
    entry.id = info.dwCatalogEntryId;
    entry.chain_length = info.ProtocolChain.ChainLen;
    for (int link = 0; link < std::min<int>(info.ProtocolChain.ChainLen, MAX_PROTOCOL_CHAIN); ++link)
        entry.chain.push_back(info.ProtocolChain.ChainEntries[link]);
    entry.family = info.iAddressFamily;
    entry.socket_type = info.iSocketType;
    entry.protocol = info.iProtocol;
    entry.provider_flags = info.dwProviderFlags;
    entry.name = to_utf8(before_nul({info.szProtocol, WSAPROTOCOL_LEN + 1}));
    entry.path = path_of(ask_path, info.ProviderId);
    return entry;
}

// WSCEnumProtocols and WSCEnumProtocols32 differ in the catalogue alone; the latter is in 64-bit Windows only.
// https://learn.microsoft.com/windows/win32/api/ws2spi/nf-ws2spi-wscenumprotocols32
Result<std::vector<WinsockEntry>> protocols(const Library& library, const char* enumerate, const char* get_path) {
    auto* const ask = function_of<EnumProtocols>(library, enumerate);
    if (!ask)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", std::string("ws2_32.dll, ") + enumerate);
    auto* const ask_path = function_of<GetProviderPath>(library, get_path);
    int count = 0;
    const auto buffer =
        ask_growing(enumerate, "all", 64 * sizeof(WSAPROTOCOL_INFOW), [&](BYTE* to, DWORD& size) -> DWORD {
            int code = 0;
            count = ask(nullptr, reinterpret_cast<WSAPROTOCOL_INFOW*>(to), &size, &code);
            if (count != SOCKET_ERROR)
                return ERROR_SUCCESS;
            return code == WSAENOBUFS ? DWORD{ERROR_INSUFFICIENT_BUFFER} : static_cast<DWORD>(code);
        });
    if (!buffer)
        return buffer.error();
    const auto* rows = reinterpret_cast<const WSAPROTOCOL_INFOW*>(buffer->data());
    std::vector<WinsockEntry> entries;
    for (int row = 0; row < count; ++row)
        entries.push_back(entry_of(rows[row], ask_path));
    return entries;
}

// https://learn.microsoft.com/windows/win32/api/winsock2/nf-winsock2-wsaenumnamespaceprovidersw
Result<std::vector<NamespaceEntry>> namespaces(const Library& library) {
    auto* const ask = function_of<EnumNamespaces>(library, "WSAEnumNameSpaceProvidersW");
    if (!ask)
        return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "ws2_32.dll, WSAEnumNameSpaceProvidersW");
    int count = 0;
    const auto buffer = ask_growing("WSAEnumNameSpaceProvidersW", "all", 4096, [&](BYTE* to, DWORD& size) -> DWORD {
        count = ask(&size, reinterpret_cast<WSANAMESPACE_INFOW*>(to));
        if (count != SOCKET_ERROR)
            return ERROR_SUCCESS;
        const int code = ::WSAGetLastError();
        return code == WSAEFAULT ? DWORD{ERROR_INSUFFICIENT_BUFFER} : static_cast<DWORD>(code);
    });
    if (!buffer)
        return buffer.error();
    // Every Windows resolves names through at least one provider; Wine answers none, with success.
    if (count == 0)
        return Error{Errc::unsupported, 0, "WSAEnumNameSpaceProvidersW, which answered no provider"};
    const auto* rows = reinterpret_cast<const WSANAMESPACE_INFOW*>(buffer->data());
    std::vector<NamespaceEntry> entries;
    for (int row = 0; row < count; ++row)
        entries.push_back({rows[row].lpszIdentifier ? to_utf8(rows[row].lpszIdentifier) : std::string(), std::string(),
                           rows[row].fActive != FALSE});
    return entries;
}

} // namespace

Result<WinsockCatalog> winsock_catalog() {
    const WinsockUse use;
    if (use.code() != 0)
        return error_of(static_cast<std::uint32_t>(use.code()), "WSAStartup", "2.2");
    const auto library = system_library(L"ws2_32.dll");
    if (!library)
        return library.error();
    auto native = protocols(*library, "WSCEnumProtocols", "WSCGetProviderPath");
    if (!native)
        return native.error();
    WinsockCatalog catalog;
    catalog.protocols = std::move(*native);
    catalog.protocols_32 = protocols(*library, "WSCEnumProtocols32", "WSCGetProviderPath32");
    catalog.namespaces = namespaces(*library);
    return catalog;
}

} // namespace rdpmedic::windows
