// What do the probes remember, across restarts of the agent too?
#include "agent/watch/notebooks.hpp"

#include "probes/bounded_json.hpp"

#include <nlohmann/json.hpp>

namespace rdpmedic {
namespace {

constexpr std::size_t longest_page = 64 * 1024, longest_name = 64, most_pages = 16;
constexpr const char* version_name = "rdpmedic_notes";

} // namespace

class Notebooks::Book final : public Notebook {
  public:
    explicit Book(Notebooks& all) : all_(all) {}

    std::optional<std::string> recall(std::string_view name) const override {
        const std::lock_guard lock(all_.mutex_);
        const auto found = pages.find(name);
        return found == pages.end() ? std::nullopt : std::optional(found->second);
    }

    void remember(std::string_view name, std::string text) override {
        const std::lock_guard lock(all_.mutex_);
        write(name, std::move(text));
        ++all_.revision_;
    }

    // With the lock held, or before anybody else knows this book.
    void write(std::string_view name, std::string text) {
        const auto found = pages.find(name);
        const bool fits = text.size() <= longest_page && name.size() <= longest_name &&
                          (found != pages.end() || pages.size() < most_pages);
        if (fits)
            pages.insert_or_assign(std::string(name), std::move(text));
        else if (found != pages.end())
            pages.erase(found);
    }

    std::map<std::string, std::string, std::less<>> pages;

  private:
    Notebooks& all_;
};

Notebooks::Notebooks() = default;
Notebooks::~Notebooks() = default;

Notebook& Notebooks::of(const std::string& probe) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Book>& book = books_[probe];
    if (!book)
        book = std::make_unique<Book>(*this);
    return *book;
}

std::string Notebooks::to_json() const {
    nlohmann::json probes = nlohmann::json::object();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [probe, book] : books_)
            for (const auto& [name, text] : book->pages)
                probes[probe][name] = text;
    }
    const nlohmann::json document{{version_name, 1}, {"probes", std::move(probes)}};
    return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<> Notebooks::load(std::string_view text) {
    nlohmann::json document;
    if (Result<> parsed = parse_json(text, "notes", document); !parsed)
        return parsed;
    std::map<std::string, std::unique_ptr<Book>> books;
    try {
        if (document.at(version_name) != 1)
            return Error{Errc::malformed, 0, std::string("notes: ") + version_name + " is not 1"};
        for (const auto& [probe, pages] : document.at("probes").items()) {
            std::unique_ptr<Book>& book = books[probe];
            book = std::make_unique<Book>(*this);
            for (const auto& [name, page] : pages.items())
                book->write(name, page.get<std::string>());
        }
    } catch (const nlohmann::json::exception& error) {
        return Error{Errc::malformed, 0, std::string("notes: ") + error.what()};
    }
    const std::lock_guard lock(mutex_);
    books_ = std::move(books);
    return {};
}

} // namespace rdpmedic
