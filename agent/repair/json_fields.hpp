// Does a JSON object hold exactly the fields it should? Every miss is remembered once, as one sentence.
#pragma once

#include "agent/digest.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace rdpmedic {

// Reads fields by name and type. After the last read, `finish` says the first thing that was wrong, or that a field is
// there which nobody asked for: an entry of a newer version must be refused, not half understood.
class JsonFields {
  public:
    JsonFields(const nlohmann::json& json, std::string what) : json_(json), what_(std::move(what)) {
        if (!json_.is_object())
            complain("is not an object");
    }

    std::string text(const char* name) {
        const nlohmann::json* field = find(name);
        if (field == nullptr)
            return {};
        if (field->is_string())
            return field->get<std::string>();
        complain(std::string(name) + " is not a string");
        return {};
    }
    bool flag(const char* name) {
        const nlohmann::json* field = find(name);
        if (field == nullptr)
            return false;
        if (field->is_boolean())
            return field->get<bool>();
        complain(std::string(name) + " is not true or false");
        return false;
    }
    std::int64_t number(const char* name) {
        const nlohmann::json* field = find(name);
        if (field == nullptr)
            return 0;
        if (field->is_number_unsigned() || field->is_number_integer())
            return field->get<std::int64_t>();
        complain(std::string(name) + " is not a whole number");
        return 0;
    }
    Bytes bytes(const char* name) {
        auto result = from_hex(text(name));
        if (result)
            return *result;
        complain(std::string(name) + ": " + result.error().where);
        return {};
    }
    bool has(const char* name) const { return json_.is_object() && json_.contains(name); }
    // null when it is missing, which is then the complaint.
    const nlohmann::json* find(const char* name) {
        seen_.insert(name);
        if (!json_.is_object())
            return nullptr;
        const auto found = json_.find(name);
        if (found != json_.end())
            return &*found;
        complain(std::string(name) + " is missing");
        return nullptr;
    }
    void complain(const std::string& problem) {
        if (problem_.empty())
            problem_ = what_ + ": " + problem;
    }
    Result<> finish() {
        if (json_.is_object())
            for (const auto& [name, value] : json_.items())
                if (seen_.count(name) == 0)
                    complain("unknown field " + name);
        if (problem_.empty())
            return {};
        return Error{Errc::malformed, 0, problem_};
    }

  private:
    const nlohmann::json& json_;
    std::string what_;
    std::set<std::string> seen_;
    std::string problem_;
};

} // namespace rdpmedic
