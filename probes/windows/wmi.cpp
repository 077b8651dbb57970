// What does WMI answer?
#include "probes/windows/wmi.hpp"

#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

#include <oleauto.h>

namespace rdpmedic::windows {
namespace {

struct BstrTraits {
    using Raw = BSTR;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::SysFreeString(raw); }
};
using Bstr = Handle<BstrTraits>;

Bstr bstr(std::wstring_view text) { return Bstr(::SysAllocStringLen(text.data(), static_cast<UINT>(text.size()))); }

std::string text_of(BSTR text) { return text ? to_utf8({text, ::SysStringLen(text)}) : std::string(); }

class Variant {
  public:
    Variant() noexcept { ::VariantInit(&raw_); }
    ~Variant() { ::VariantClear(&raw_); }
    Variant(const Variant&) = delete;
    Variant& operator=(const Variant&) = delete;
    VARIANT* get() noexcept { return &raw_; }

  private:
    VARIANT raw_;
};

// The calls carry no secret of ours, yet the providers behind Remote Desktop demand packet privacy:
// https://learn.microsoft.com/windows/win32/wmisdk/requiring-an-encrypted-connection-to-a-namespace
// An object in this process is no proxy and has nothing to set: E_NOINTERFACE.
HRESULT secure(IUnknown* proxy) {
    const HRESULT status =
        ::CoSetProxyBlanket(proxy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                            RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE);
    return status == E_NOINTERFACE ? S_OK : status;
}

// One property; the reader says which type it wants.
template <class T, class Reader>
Result<T> property(const WmiObject& object, const wchar_t* name, Reader read) {
    Variant value;
    const std::string where = object.name() + ", " + to_utf8(name);
    const HRESULT status = object.get()->Get(name, 0, value.get(), nullptr, nullptr);
    if (FAILED(status))
        return error_of_status(status, "IWbemClassObject::Get", where);
    const VARTYPE type = value.get()->vt;
    if (type == VT_NULL || type == VT_EMPTY)
        return Error{Errc::not_found, 0, where + " has no value"};
    std::optional<T> answer = read(*value.get());
    if (!answer)
        return Error{Errc::malformed, 0, where + " has the unexpected type " + std::to_string(type)};
    return std::move(*answer);
}

// How CIM types arrive: https://learn.microsoft.com/windows/win32/wmisdk/numbers
std::optional<std::uint32_t> number_of(const VARIANT& value) {
    switch (value.vt) {
    case VT_UI1:
        return value.bVal;
    case VT_I2:
        return static_cast<std::uint32_t>(value.iVal);
    case VT_UI2:
        return value.uiVal;
    case VT_I4:
        return static_cast<std::uint32_t>(value.lVal);
    case VT_UI4:
        return value.ulVal;
    }
    return std::nullopt;
}

// Every element of a one-dimensional array of exactly this element type.
template <class Element, class Take>
bool each_element(const VARIANT& value, VARTYPE element, Take take) {
    if (value.vt != (VT_ARRAY | element) || !value.parray || ::SafeArrayGetDim(value.parray) != 1)
        return false;
    LONG first = 0, last = -1;
    void* data = nullptr;
    if (FAILED(::SafeArrayGetLBound(value.parray, 1, &first)) || FAILED(::SafeArrayGetUBound(value.parray, 1, &last)) ||
        FAILED(::SafeArrayAccessData(value.parray, &data)))
        return false;
    for (LONG index = 0; index <= last - first; ++index)
        take(static_cast<const Element*>(data)[index]);
    ::SafeArrayUnaccessData(value.parray);
    return true;
}

// What a method is given, as an object of WMI; none where it is given nothing.
Result<Com<IWbemClassObject>> given_to(IWbemServices* services, const std::string& class_name, const wchar_t* method,
                                       const std::vector<WmiInput>& inputs) {
    Com<IWbemClassObject> definition, shape, given;
    if (inputs.empty())
        return given;
    const std::string name = class_name + "::" + to_utf8(method);
    const Bstr type = bstr(to_wide(class_name));
    HRESULT status = services->GetObject(type.get(), 0, nullptr, definition.out(), nullptr);
    if (SUCCEEDED(status) && definition)
        status = definition.get()->GetMethod(method, 0, shape.out(), nullptr);
    if (SUCCEEDED(status) && shape)
        status = shape.get()->SpawnInstance(0, given.out());
    if (FAILED(status) || !given)
        return error_of_status(status, "IWbemClassObject::GetMethod", name);
    for (const WmiInput& input : inputs) {
        Variant value;
        if (const auto* text = std::get_if<std::string>(&input.value)) {
            value.get()->vt = VT_BSTR;
            value.get()->bstrVal = bstr(to_wide(*text)).release();
        } else { // also for a uint16: https://learn.microsoft.com/windows/win32/wmisdk/numbers
            value.get()->vt = VT_I4;
            value.get()->lVal = std::get<std::int32_t>(input.value);
        }
        status = given.get()->Put(input.name, 0, value.get(), 0);
        if (FAILED(status))
            return error_of_status(status, "IWbemClassObject::Put", name + ", " + to_utf8(input.name));
    }
    return given;
}

} // namespace

WmiObject::WmiObject(Com<IWbemClassObject> object, std::string name)
    : object_(std::move(object)), name_(std::move(name)) {}

Result<std::uint32_t> WmiObject::number(const wchar_t* name) const {
    return property<std::uint32_t>(*this, name, number_of);
}

Result<bool> WmiObject::flag(const wchar_t* name) const {
    return property<bool>(*this, name, [](const VARIANT& value) -> std::optional<bool> {
        if (value.vt != VT_BOOL)
            return std::nullopt;
        return value.boolVal != VARIANT_FALSE;
    });
}

Result<std::string> WmiObject::text(const wchar_t* name) const {
    return property<std::string>(*this, name, [](const VARIANT& value) -> std::optional<std::string> {
        if (value.vt != VT_BSTR)
            return std::nullopt;
        return text_of(value.bstrVal);
    });
}

Result<Bytes> WmiObject::bytes(const wchar_t* name) const {
    return property<Bytes>(*this, name, [](const VARIANT& value) -> std::optional<Bytes> {
        Bytes bytes;
        if (!each_element<std::uint8_t>(value, VT_UI1, [&](std::uint8_t byte) { bytes.push_back(byte); }))
            return std::nullopt;
        return bytes;
    });
}

Result<std::vector<std::string>> WmiObject::texts(const wchar_t* name) const {
    using Texts = std::vector<std::string>;
    return property<Texts>(*this, name, [](const VARIANT& value) -> std::optional<Texts> {
        Texts texts;
        if (!each_element<BSTR>(value, VT_BSTR, [&](BSTR text) { texts.push_back(text_of(text)); }))
            return std::nullopt;
        return texts;
    });
}

Result<Wmi> Wmi::connect(const wchar_t* name_space) {
    Wmi wmi;
    wmi.com_ = std::make_unique<ComUse>();
    if (!wmi.com_->ready())
        return error_of_status(wmi.com_->status(), "CoInitializeEx", "multithreaded");
    Com<IWbemLocator> locator;
    HRESULT status = ::CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                        reinterpret_cast<void**>(locator.out()));
    if (FAILED(status) || !locator)
        return error_of_status(status, "CoCreateInstance", "WbemLocator");
    const Bstr path = bstr(name_space);
    // "Use max wait" gives up after two minutes, where the call would otherwise wait for ever.
    status = locator.get()->ConnectServer(path.get(), nullptr, nullptr, nullptr, WBEM_FLAG_CONNECT_USE_MAX_WAIT,
                                          nullptr, nullptr, wmi.services_.out());
    if (FAILED(status) || !wmi.services_)
        return error_of_status(status, "IWbemLocator::ConnectServer", to_utf8(name_space));
    status = secure(wmi.services_.get());
    if (FAILED(status))
        return error_of_status(status, "CoSetProxyBlanket", to_utf8(name_space));
    return wmi;
}

Result<std::vector<WmiObject>> Wmi::query(const wchar_t* wql) const {
    constexpr long patience = 120'000; // milliseconds, for one row
    constexpr std::size_t most_rows = 1000;
    const std::string name = to_utf8(wql);
    const Bstr language = bstr(L"WQL"), text = bstr(wql);
    Com<IEnumWbemClassObject> rows;
    HRESULT status = services_.get()->ExecQuery(
        language.get(), text.get(), WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, rows.out());
    if (FAILED(status) || !rows)
        return error_of_status(status, "IWbemServices::ExecQuery", name);
    status = secure(rows.get());
    if (FAILED(status))
        return error_of_status(status, "CoSetProxyBlanket", name);
    std::vector<WmiObject> answer;
    while (answer.size() < most_rows) {
        Com<IWbemClassObject> row;
        ULONG count = 0;
        status = rows.get()->Next(patience, 1, row.out(), &count);
        if (status == WBEM_S_TIMEDOUT)
            return Error{Errc::timed_out, 0, "IEnumWbemClassObject::Next(" + name + ")"};
        if (FAILED(status))
            return error_of_status(status, "IEnumWbemClassObject::Next", name);
        if (count == 0 || !row)
            break;
        answer.emplace_back(std::move(row), name);
    }
    return answer;
}

Result<WmiObject> Wmi::call(const WmiObject& row, const wchar_t* method, const std::vector<WmiInput>& inputs) const {
    const auto path = row.text(L"__PATH"), class_name = row.text(L"__CLASS");
    if (!path)
        return path.error();
    if (!class_name)
        return class_name.error();
    const std::string name = *class_name + "::" + to_utf8(method);
    auto given = given_to(services_.get(), *class_name, method, inputs);
    if (!given)
        return given.error();
    const Bstr target = bstr(to_wide(*path)), call = bstr(method);
    Com<IWbemClassObject> raw;
    const HRESULT status =
        services_.get()->ExecMethod(target.get(), call.get(), 0, nullptr, given->get(), raw.out(), nullptr);
    if (FAILED(status) || !raw)
        return error_of_status(status, "IWbemServices::ExecMethod", name);
    WmiObject answer(std::move(raw), name);
    if (const auto returned = answer.number(L"ReturnValue"); returned && *returned != 0)
        return error_of(*returned, "IWbemServices::ExecMethod", name);
    return answer;
}

} // namespace rdpmedic::windows
