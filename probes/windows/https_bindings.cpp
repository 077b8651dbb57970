// Which certificates does http.sys serve?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/system_library.hpp"
#include "probes/windows/text.hpp"

#include <ws2tcpip.h>

#include <http.h>

#include <array>

namespace rdpmedic::windows {
namespace {

using Initialize = ULONG WINAPI(HTTPAPI_VERSION version, ULONG flags, PVOID reserved);
using Terminate = ULONG WINAPI(ULONG flags, PVOID reserved);
using Query = ULONG WINAPI(HANDLE service, HTTP_SERVICE_CONFIG_ID id, PVOID input, ULONG input_size, PVOID output,
                           ULONG output_size, PULONG wanted, LPOVERLAPPED overlapped);

// From the call that initialises to the one that ends it.
class HttpApi {
  public:
    static Result<HttpApi> load() {
        auto library = system_library(L"httpapi.dll");
        if (!library)
            return library.error();
        HttpApi api;
        api.library_ = std::move(*library);
        api.query = function_of<Query>(api.library_, "HttpQueryServiceConfiguration");
        auto* const initialize = function_of<Initialize>(api.library_, "HttpInitialize");
        auto* const terminate = function_of<Terminate>(api.library_, "HttpTerminate");
        if (!api.query || !initialize || !terminate)
            return error_of(ERROR_PROC_NOT_FOUND, "GetProcAddress", "httpapi.dll, HttpQueryServiceConfiguration");
        const ULONG status = initialize(HTTPAPI_VERSION{1, 0}, HTTP_INITIALIZE_CONFIG, nullptr);
        if (status != NO_ERROR)
            return error_of(status, "HttpInitialize", "configuration");
        api.session_ = Session(terminate);
        return api;
    }

    Query* query = nullptr;

  private:
    struct SessionTraits {
        using Raw = Terminate*;
        static Raw none() noexcept { return nullptr; }
        static void close(Raw terminate) noexcept { terminate(HTTP_INITIALIZE_CONFIG, nullptr); }
    };
    using Session = Handle<SessionTraits>;

    Library library_; // first: it outlives the session
    Session session_;
};

bool fill_address(const sockaddr* address, HttpsBinding& binding) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = nullptr;
    if (address && address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        bytes = &v4->sin_addr;
        binding.port = ntohs(v4->sin_port);
    } else if (address && address->sa_family == AF_INET6) {
        const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
        bytes = &v6->sin6_addr;
        binding.port = ntohs(v6->sin6_port);
    }
    if (!bytes || !::inet_ntop(address->sa_family, bytes, text.data(), text.size()))
        return false;
    binding.address = text.data();
    return true;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/http/nf-http-httpqueryserviceconfiguration
Result<std::vector<HttpsBinding>> https_bindings() {
    const auto api = HttpApi::load();
    if (!api)
        return api.error();
    std::vector<HttpsBinding> bindings;
    constexpr DWORD most = 10'000; // nobody has as many; an API that never ends must not hang us
    for (DWORD token = 0; token < most; ++token) {
        HTTP_SERVICE_CONFIG_SSL_QUERY which{};
        which.QueryDesc = HttpServiceConfigQueryNext;
        which.dwToken = token;
        bool end = false;
        const auto row = ask_growing("HttpQueryServiceConfiguration", "SSL certificates", 1024,
                                     [&](void* buffer, unsigned long& size) -> ULONG {
                                         ULONG wanted = 0;
                                         const ULONG status = api->query(nullptr, HttpServiceConfigSSLCertInfo, &which,
                                                                         sizeof which, buffer, size, &wanted, nullptr);
                                         size = wanted > size ? wanted : size;
                                         end = status == ERROR_NO_MORE_ITEMS;
                                         return status;
                                     });
        if (end)
            break;
        if (!row)
            return row.error();
        const auto* entry = reinterpret_cast<const HTTP_SERVICE_CONFIG_SSL_SET*>(row->data());
        HttpsBinding binding;
        if (row->size() < sizeof *entry || !fill_address(entry->KeyDesc.pIpPort, binding))
            return Error{Errc::malformed, 0, "HttpQueryServiceConfiguration: a binding without an address"};
        const auto* hash = static_cast<const std::uint8_t*>(entry->ParamDesc.pSslHash);
        if (hash)
            binding.certificate.assign(hash, hash + entry->ParamDesc.SslHashLength);
        // Without a name it is the store "MY".
        binding.store = entry->ParamDesc.pSslCertStoreName ? to_utf8(entry->ParamDesc.pSslCertStoreName) : "MY";
        bindings.push_back(std::move(binding));
    }
    return bindings;
}

} // namespace rdpmedic::windows
