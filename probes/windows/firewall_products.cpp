// Which firewalls of other makers are registered with Windows, and what have they taken over?
#include "probes/windows/com.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/reads.hpp"
#include "probes/windows/text.hpp"

#include <netfw.h>
#include <oleauto.h>

namespace rdpmedic::windows {
namespace {

struct Variant {
    Variant() noexcept { ::VariantInit(&raw); }
    ~Variant() { ::VariantClear(&raw); }
    Variant(const Variant&) = delete;
    Variant& operator=(const Variant&) = delete;
    VARIANT raw;
};

Result<std::string> text_of(HRESULT status, BSTR raw, const char* call) {
    if (FAILED(status))
        return error_of_status(status, call, "a registered product");
    std::string text = raw ? to_utf8(raw) : std::string();
    ::SysFreeString(raw); // takes NULL
    return text;
}

// One number of an array of VARIANT, as Microsoft's sample registers it, or of plain numbers.
Result<std::uint32_t> number_at(SAFEARRAY* array, LONG index, VARTYPE type) {
    constexpr const char* call = "INetFwProduct::get_RuleCategories";
    if (type == VT_VARIANT) {
        Variant element;
        if (const HRESULT status = ::SafeArrayGetElement(array, &index, &element.raw); FAILED(status))
            return error_of_status(status, "SafeArrayGetElement", call);
        if (element.raw.vt == VT_I4 || element.raw.vt == VT_UI4 || element.raw.vt == VT_INT ||
            element.raw.vt == VT_UINT)
            return static_cast<std::uint32_t>(element.raw.lVal);
        return Error{Errc::malformed, element.raw.vt, std::string(call) + ", an element that is no number"};
    }
    LONG number = 0;
    if (const HRESULT status = ::SafeArrayGetElement(array, &index, &number); FAILED(status))
        return error_of_status(status, "SafeArrayGetElement", call);
    return static_cast<std::uint32_t>(number);
}

// DERIVED: a product that was registered without any has no array.
Result<std::vector<std::uint32_t>> categories_of(INetFwProduct& product) {
    constexpr const char* call = "INetFwProduct::get_RuleCategories";
    Variant value;
    if (const HRESULT status = product.get_RuleCategories(&value.raw); FAILED(status))
        return error_of_status(status, call, "a registered product");
    std::vector<std::uint32_t> categories;
    if (value.raw.vt == VT_EMPTY || value.raw.vt == VT_NULL)
        return categories;
    const auto type = static_cast<VARTYPE>(value.raw.vt & VT_TYPEMASK);
    SAFEARRAY* const array = value.raw.parray;
    const bool known = (value.raw.vt & VT_ARRAY) != 0 && (value.raw.vt & VT_BYREF) == 0 &&
                       (type == VT_VARIANT || type == VT_I4 || type == VT_UI4);
    if (!known || (array && ::SafeArrayGetDim(array) != 1))
        return Error{Errc::malformed, value.raw.vt, std::string(call) + ", which answered no list of numbers"};
    LONG first = 0, last = -1;
    if (array && (FAILED(::SafeArrayGetLBound(array, 1, &first)) || FAILED(::SafeArrayGetUBound(array, 1, &last))))
        return Error{Errc::malformed, value.raw.vt, std::string(call) + ", an array without bounds"};
    constexpr std::size_t most = 64; // there are four
    for (LONG index = first; index <= last && categories.size() < most; ++index) {
        const auto number = number_at(array, index, type);
        if (!number)
            return number.error();
        categories.push_back(*number);
    }
    return categories;
}

Result<FirewallProduct> product_of(INetFwProduct& product) {
    FirewallProduct facts;
    BSTR raw = nullptr;
    HRESULT status = product.get_DisplayName(&raw);
    auto name = text_of(status, raw, "INetFwProduct::get_DisplayName");
    if (!name)
        return name.error();
    facts.name = std::move(*name);
    raw = nullptr;
    status = product.get_PathToSignedProductExe(&raw);
    if (const auto path = text_of(status, raw, "INetFwProduct::get_PathToSignedProductExe"))
        facts.path = *path;
    facts.categories = categories_of(product);
    return facts;
}

Result<std::vector<FirewallProduct>> list(IEnumVARIANT& rows) {
    std::vector<FirewallProduct> products;
    for (int round = 0; round < 256; ++round) { // no machine has that many; a list without an end does
        Variant row;
        ULONG fetched = 0;
        HRESULT status = rows.Next(1, &row.raw, &fetched);
        if (FAILED(status))
            return error_of_status(status, "IEnumVARIANT::Next", "NetFwProducts");
        if (status != S_OK || fetched == 0)
            return products;
        if ((row.raw.vt != VT_DISPATCH && row.raw.vt != VT_UNKNOWN) || !row.raw.punkVal)
            return Error{Errc::malformed, row.raw.vt, "INetFwProducts::get__NewEnum, which lists no products"};
        Com<INetFwProduct> product;
        status = row.raw.punkVal->QueryInterface(__uuidof(INetFwProduct), reinterpret_cast<void**>(product.out()));
        if (FAILED(status) || !product)
            return error_of_status(status, "QueryInterface", "INetFwProduct");
        auto facts = product_of(*product.get());
        if (!facts)
            return facts.error();
        products.push_back(std::move(*facts));
    }
    return products;
}

} // namespace

// https://learn.microsoft.com/windows/win32/api/netfw/nn-netfw-inetfwproducts
Result<std::vector<FirewallProduct>> firewall_products() {
    const ComUse com; // outlives the objects below
    if (!com.ready())
        return error_of_status(com.status(), "CoInitializeEx", "multithreaded");
    Com<INetFwProducts> products;
    HRESULT status = ::CoCreateInstance(__uuidof(NetFwProducts), nullptr, CLSCTX_INPROC_SERVER,
                                        __uuidof(INetFwProducts), reinterpret_cast<void**>(products.out()));
    if (FAILED(status) || !products)
        return error_of_status(status, "CoCreateInstance", "NetFwProducts");
    LONG count = 0;
    status = products.get()->get_Count(&count);
    if (FAILED(status))
        return error_of_status(status, "INetFwProducts::get_Count", "this machine");
    if (count == 0) // nearly every machine
        return std::vector<FirewallProduct>{};
    // Not by Item: no page says whether its first index is 0.
    Com<IUnknown> unknown;
    status = products.get()->get__NewEnum(unknown.out());
    if (FAILED(status) || !unknown)
        return error_of_status(status, "INetFwProducts::get__NewEnum", "this machine");
    Com<IEnumVARIANT> rows;
    status = unknown.get()->QueryInterface(__uuidof(IEnumVARIANT), reinterpret_cast<void**>(rows.out()));
    if (FAILED(status) || !rows)
        return error_of_status(status, "QueryInterface", "IEnumVARIANT");
    return list(*rows.get());
}

} // namespace rdpmedic::windows
