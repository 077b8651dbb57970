// Are codes of Windows told apart as callers need it?
#include "probes/windows/growing_buffer.hpp"
#include "probes/windows/last_error.hpp"

#include "probes/windows/handle.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::windows;

TEST_CASE("what does not exist, what may not be read and what is missing here are told apart") {
    const auto [native, code] = GENERATE(table<std::uint32_t, Errc>({
        {ERROR_FILE_NOT_FOUND, Errc::not_found},
        {ERROR_SERVICE_DOES_NOT_EXIST, Errc::not_found},
        {0x80070002U, Errc::not_found}, // HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)
        {0x80092004U, Errc::not_found}, // CRYPT_E_NOT_FOUND
        {0x80090016U, Errc::not_found}, // NTE_BAD_KEYSET: the container does not exist
        {0x8009200BU, Errc::not_found}, // CRYPT_E_NO_KEY_PROPERTY
        {ERROR_ACCESS_DENIED, Errc::access_denied},
        {0x80070005U, Errc::access_denied}, // E_ACCESSDENIED
        {0x80090010U, Errc::access_denied}, // NTE_PERM
        {ERROR_TIMEOUT, Errc::timed_out},
        {ERROR_CALL_NOT_IMPLEMENTED, Errc::unsupported},
        {0x80004001U, Errc::unsupported}, // E_NOTIMPL
        {0x80040154U, Errc::unsupported}, // REGDB_E_CLASSNOTREG
        {0x80040111U, Errc::unsupported}, // CLASS_E_CLASSNOTAVAILABLE
        {ERROR_REGISTRY_CORRUPT, Errc::malformed},
        {ERROR_SHARING_VIOLATION, Errc::io},
        {0x80090015U, Errc::io}, // NTE_BAD_PUBLIC_KEY: the key is not the certificate's
        {0, Errc::io},           // a call that failed without a reason must not read as "does not exist"
    }));
    CAPTURE(native);
    CHECK(errc_of(native) == code);
}

TEST_CASE("an error names the call and its object") {
    ::SetLastError(ERROR_SERVICE_DOES_NOT_EXIST);
    const Error error = last_error("OpenServiceW", "SessionEnv");
    CHECK(describe(error) == "not found (1060) at OpenServiceW(SessionEnv)");
}

TEST_CASE("an answer that grows between two questions is asked for again") {
    std::vector<std::size_t> asked;
    const auto answer = ask_growing("Ask", "it", 4, [&](BYTE* to, DWORD& size) -> DWORD {
        asked.push_back(size);
        const DWORD wanted = asked.size() == 1 ? 6 : 10;
        const bool fits = size >= wanted;
        size = wanted;
        if (!fits)
            return ERROR_MORE_DATA;
        to[0] = 7;
        return ERROR_SUCCESS;
    });
    REQUIRE(answer.has_value());
    CHECK(asked == std::vector<std::size_t>{4, 8, 16});
    CHECK(answer->size() == 10);
    CHECK(answer->front() == 7);
}

TEST_CASE("an answer that never fits ends in the code of the last call") {
    int rounds = 0;
    const auto answer = ask_growing("Ask", "it", 1, [&](BYTE*, DWORD&) -> DWORD {
        ++rounds;
        return ERROR_INSUFFICIENT_BUFFER;
    });
    REQUIRE(answer.has_error());
    CHECK(rounds == 10);
    CHECK(answer.error() == Error{Errc::io, ERROR_INSUFFICIENT_BUFFER, "Ask(it)"});
}

TEST_CASE("an answer of a gigabyte is not fetched") {
    int rounds = 0;
    const auto answer = ask_growing("Ask", "it", 1, [&](BYTE*, DWORD& size) -> DWORD {
        ++rounds;
        size = 1U << 30U;
        return ERROR_MORE_DATA;
    });
    CHECK(answer.has_error());
    CHECK(rounds == 1);
}

TEST_CASE("a refusal is not asked again") {
    int rounds = 0;
    const auto answer = ask_growing("Ask", "it", 1, [&](BYTE*, DWORD&) -> DWORD {
        ++rounds;
        return ERROR_ACCESS_DENIED;
    });
    CHECK(answer.error() == Error{Errc::access_denied, ERROR_ACCESS_DENIED, "Ask(it)"});
    CHECK(rounds == 1);
}

TEST_CASE("a handle is closed once, by its last owner") {
    struct Traits {
        using Raw = int*;
        static Raw none() noexcept { return nullptr; }
        static void close(Raw raw) noexcept { ++*raw; }
    };
    int first = 0, second = 0;
    {
        Handle<Traits> a(&first), b(&second);
        a = std::move(b); // closes what a held
        CHECK(first == 1);
        Handle<Traits> c(std::move(a));
        CHECK(!a);
        CHECK(c.get() == &second);
        CHECK(second == 0);
    }
    CHECK(first == 1);
    CHECK(second == 1);
}
