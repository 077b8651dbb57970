// What does WMI answer? One connection for the length of one read: a query, or a method of one of its rows.
#pragma once

#include "probes/facts.hpp"
#include "probes/windows/com.hpp"

#include <wbemcli.h>

#include <memory>
#include <string_view>
#include <variant>

namespace rdpmedic::windows {

// A row of a query, or what a method answered. Must end before the Wmi that it came from. Every reader answers
// not_found for a property that does not exist or is null, and malformed for one of another type.
class WmiObject {
  public:
    WmiObject(Com<IWbemClassObject> object, std::string name);

    Result<std::uint32_t> number(const wchar_t* property) const; // uint8 to uint32 and their signed kin
    Result<bool> flag(const wchar_t* property) const;
    Result<std::string> text(const wchar_t* property) const;
    Result<Bytes> bytes(const wchar_t* property) const;                    // uint8[]
    Result<std::vector<std::string>> texts(const wchar_t* property) const; // string[]

    IWbemClassObject* get() const noexcept { return object_.get(); }
    const std::string& name() const noexcept { return name_; } // for messages: "SELECT ... FROM Win32_X", "Method()"

  private:
    Com<IWbemClassObject> object_;
    std::string name_;
};

// What a method is given: text, or a number of at most 32 bits.
struct WmiInput {
    const wchar_t* name;
    std::variant<std::string, std::int32_t> value;
};

// Blocks: connecting and each row for at most two minutes, a method as long as its provider does.
class Wmi {
  public:
    // `name_space` like L"ROOT\\CIMV2\\TerminalServices". not_found: there is no such namespace.
    // https://learn.microsoft.com/windows/win32/wmisdk/creating-a-wmi-application-using-c-
    static Result<Wmi> connect(const wchar_t* name_space);

    // Every row, at most 1,000. not_found: there is no such class.
    Result<std::vector<WmiObject>> query(const wchar_t* wql) const;
    // Calls a method of a row that was queried with all of its key properties ("SELECT * ..."). A ReturnValue other
    // than 0 is an error with that number.
    Result<WmiObject> call(const WmiObject& row, const wchar_t* method, const std::vector<WmiInput>& inputs = {}) const;

  private:
    Wmi() = default;
    std::unique_ptr<ComUse> com_; // first: it outlives the connection
    Com<IWbemServices> services_;
};

} // namespace rdpmedic::windows
