// Test fixture, not part of the product: a fwpuclnt.dll that answers from a file, since Wine has no filter engine.
//
// The file is named by the environment variable RDPMEDIC_STANDIN_FILTERS and read when a session is opened; README.md
// shows one. Without it no session opens (RPC_S_CANNOT_SUPPORT), as with Wine's own. Filters are enumerated as the
// template asks: by layer, by provider, and by any bit of the action that the mask has; conditions of it are refused.
#include <winsock2.h>

#include <windows.h>

#include <fwpmu.h>
#include <objbase.h>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::json;

constexpr UINT32 most_rows = 64; // of one answer

// What a session handle stands for.
struct Session {
    Json file;
};

// The rows that an enumeration has still to give.
struct Cursor {
    std::vector<Json> rows;
    std::size_t next = 0;
};

// One answer: its rows, and everything that they point to. It is given away by the address of `rows`.
struct Page {
    void* rows[most_rows] = {};
    std::deque<std::wstring> texts;
    std::deque<GUID> ids;
    std::deque<UINT64> numbers;
    std::deque<FWP_RANGE0> ranges;
    std::deque<FWP_BYTE_BLOB> blobs;
    std::deque<std::vector<FWPM_FILTER_CONDITION0>> conditions;
    std::deque<FWPM_PROVIDER0> providers;
    std::deque<FWPM_FILTER0> filters;

    wchar_t* text(const std::string& utf8) {
        std::wstring& wide = texts.emplace_back(utf8.size(), L'\0');
        const int size = static_cast<int>(utf8.size());
        wide.resize(static_cast<std::size_t>(::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, wide.data(), size)));
        return wide.data();
    }
    GUID* id(const std::string& braced) {
        GUID& value = ids.emplace_back();
        ::IIDFromString(text(braced), &value);
        return &value;
    }
    UINT64* number(UINT64 value) { return &numbers.emplace_back(value); }
};

std::optional<Json> read_file() {
    wchar_t path[MAX_PATH] = {};
    if (::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_FILTERS", path, MAX_PATH) == 0)
        return std::nullopt;
    FILE* const file = ::_wfopen(path, L"rb");
    if (!file)
        return std::nullopt;
    Json answers = Json::parse(file, nullptr, false, true);
    std::fclose(file);
    return answers.is_object() ? std::optional<Json>(std::move(answers)) : std::nullopt;
}

// The code that the file has for a call: {"refuse": {"FwpmFilterEnum0": 5}}.
DWORD refusal(HANDLE session, const char* call) {
    const Json& file = static_cast<Session*>(session)->file;
    return file.value("refuse", Json::object()).value(call, DWORD{ERROR_SUCCESS});
}

std::vector<Json> rows_of(HANDLE session, const char* member) {
    return static_cast<Session*>(session)->file.value(member, std::vector<Json>{});
}

bool same_id(const std::string& braced, const GUID& id) {
    Page page;
    return ::IsEqualGUID(*page.id(braced), id);
}

UINT32 action_of(const Json& filter) {
    const std::string action = filter.value("action", "block");
    if (action == "permit")
        return FWP_ACTION_PERMIT;
    if (action == "callout")
        return FWP_ACTION_CALLOUT_TERMINATING;
    return action == "continue" ? FWP_ACTION_CONTINUE : FWP_ACTION_BLOCK;
}

bool fits(const Json& filter, const FWPM_FILTER_ENUM_TEMPLATE0& wanted) {
    if (!same_id(filter.at("layer"), wanted.layerKey) || (action_of(filter) & wanted.actionMask) == 0)
        return false;
    return !wanted.providerKey ||
           (filter.contains("provider") && same_id(filter["provider"].get<std::string>(), *wanted.providerKey));
}

// {"uint16": 3389}, {"from": 1, "to": 9} (of 16 bits), {"program": "\\device\\..."}, {"uint64": 1}.
FWP_CONDITION_VALUE0 value_of(const Json& condition, Page& page) {
    FWP_CONDITION_VALUE0 value{};
    if (condition.contains("uint8")) {
        value.type = FWP_UINT8;
        value.uint8 = condition["uint8"].get<UINT8>();
    } else if (condition.contains("uint16")) {
        value.type = FWP_UINT16;
        value.uint16 = condition["uint16"].get<UINT16>();
    } else if (condition.contains("uint32")) {
        value.type = FWP_UINT32;
        value.uint32 = condition["uint32"].get<UINT32>();
    } else if (condition.contains("uint64")) {
        value.type = FWP_UINT64;
        value.uint64 = page.number(condition["uint64"].get<UINT64>());
    } else if (condition.contains("from")) {
        FWP_RANGE0& range = page.ranges.emplace_back();
        range.valueLow.type = range.valueHigh.type = FWP_UINT16;
        range.valueLow.uint16 = condition["from"].get<UINT16>();
        range.valueHigh.uint16 = condition["to"].get<UINT16>();
        value.type = FWP_RANGE_TYPE;
        value.rangeValue = &range;
    } else if (condition.contains("program")) {
        wchar_t* const path = page.text(condition["program"].get<std::string>());
        FWP_BYTE_BLOB& blob = page.blobs.emplace_back();
        blob.size = static_cast<UINT32>((page.texts.back().size() + 1) * sizeof(wchar_t));
        blob.data = reinterpret_cast<UINT8*>(path);
        value.type = FWP_BYTE_BLOB_TYPE;
        value.byteBlob = &blob;
    }
    return value;
}

void* provider_of(const Json& row, Page& page) {
    FWPM_PROVIDER0& provider = page.providers.emplace_back();
    provider.providerKey = *page.id(row.at("id"));
    provider.displayData.name = page.text(row.value("name", ""));
    if (row.contains("service"))
        provider.serviceName = page.text(row["service"]);
    return &provider;
}

void* filter_of(const Json& row, Page& page) {
    FWPM_FILTER0& filter = page.filters.emplace_back();
    filter.filterId = row.value("id", UINT64{0});
    filter.displayData.name = page.text(row.value("name", ""));
    filter.providerKey = row.contains("provider") ? page.id(row["provider"]) : nullptr;
    filter.layerKey = *page.id(row.at("layer"));
    filter.subLayerKey = *page.id(row.at("sublayer"));
    if (row.contains("weight")) {
        filter.effectiveWeight.type = FWP_UINT64;
        filter.effectiveWeight.uint64 = page.number(row["weight"]);
    }
    filter.action.type = action_of(row);
    auto& conditions = page.conditions.emplace_back();
    for (const Json& condition : row.value("conditions", std::vector<Json>{})) {
        FWPM_FILTER_CONDITION0 raw{};
        raw.fieldKey = *page.id(condition.at("field"));
        raw.matchType = static_cast<FWP_MATCH_TYPE>(condition.value("match", 0));
        raw.conditionValue = value_of(condition, page);
        conditions.push_back(raw);
    }
    filter.numFilterConditions = static_cast<UINT32>(conditions.size());
    filter.filterCondition = conditions.data();
    return &filter;
}

template <class Make>
void** next_page(HANDLE cursor_handle, UINT32 wanted, UINT32* count, Make make) {
    auto* const cursor = static_cast<Cursor*>(cursor_handle);
    auto page = std::make_unique<Page>();
    *count = 0;
    while (*count < wanted && *count < most_rows && cursor->next < cursor->rows.size())
        page->rows[(*count)++] = make(cursor->rows[cursor->next++], *page);
    return page.release()->rows;
}

} // namespace

extern "C" {

DWORD WINAPI FwpmEngineOpen0(const wchar_t*, UINT32, SEC_WINNT_AUTH_IDENTITY_W*, const FWPM_SESSION0*,
                             HANDLE* session) {
    auto file = read_file();
    if (!file)
        return RPC_S_CANNOT_SUPPORT;
    *session = new Session{std::move(*file)};
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmEngineClose0(HANDLE session) {
    delete static_cast<Session*>(session);
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmProviderCreateEnumHandle0(HANDLE session, const FWPM_PROVIDER_ENUM_TEMPLATE0*, HANDLE* cursor) {
    if (const DWORD code = refusal(session, "FwpmProviderCreateEnumHandle0"))
        return code;
    *cursor = new Cursor{rows_of(session, "providers"), 0};
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmProviderDestroyEnumHandle0(HANDLE, HANDLE cursor) {
    delete static_cast<Cursor*>(cursor);
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmProviderEnum0(HANDLE session, HANDLE cursor, UINT32 wanted, FWPM_PROVIDER0*** rows, UINT32* count) {
    if (const DWORD code = refusal(session, "FwpmProviderEnum0"))
        return code;
    *rows = reinterpret_cast<FWPM_PROVIDER0**>(next_page(cursor, wanted, count, &provider_of));
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmFilterCreateEnumHandle0(HANDLE session, const FWPM_FILTER_ENUM_TEMPLATE0* wanted, HANDLE* cursor) {
    if (const DWORD code = refusal(session, "FwpmFilterCreateEnumHandle0"))
        return code;
    if (!wanted || wanted->numFilterConditions != 0 || wanted->flags != 0)
        return ERROR_INVALID_PARAMETER;
    auto* const left = new Cursor;
    for (const Json& filter : rows_of(session, "filters"))
        if (fits(filter, *wanted))
            left->rows.push_back(filter);
    *cursor = left;
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmFilterDestroyEnumHandle0(HANDLE, HANDLE cursor) {
    delete static_cast<Cursor*>(cursor);
    return ERROR_SUCCESS;
}

DWORD WINAPI FwpmFilterEnum0(HANDLE session, HANDLE cursor, UINT32 wanted, FWPM_FILTER0*** rows, UINT32* count) {
    if (const DWORD code = refusal(session, "FwpmFilterEnum0"))
        return code;
    *rows = reinterpret_cast<FWPM_FILTER0**>(next_page(cursor, wanted, count, &filter_of));
    return ERROR_SUCCESS;
}

// `rows` is the first member of its page.
void WINAPI FwpmFreeMemory0(void** memory) {
    delete reinterpret_cast<Page*>(*memory);
    *memory = nullptr;
}

} // extern "C"
