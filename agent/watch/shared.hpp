// How do copies of a snapshot share what did not change between them?
#pragma once

#include <memory>
#include <utility>

namespace rdpmedic {

// A container that does not change any more; copies share it. Reads as the container does.
template <class Container>
class Shared {
  public:
    Shared() = default;
    Shared(Container content) : content_(std::make_shared<const Container>(std::move(content))) {}

    const Container& get() const {
        static const Container none;
        return content_ ? *content_ : none;
    }
    auto begin() const { return get().begin(); }
    auto end() const { return get().end(); }
    auto size() const { return get().size(); }
    bool empty() const { return get().empty(); }
    const auto& front() const { return get().front(); }
    template <class Index>
    const auto& operator[](Index index) const {
        return get()[index];
    }
    template <class Key>
    const auto& at(const Key& key) const {
        return get().at(key);
    }
    template <class Key>
    auto find(const Key& key) const {
        return get().find(key);
    }

  private:
    std::shared_ptr<const Container> content_;
};

} // namespace rdpmedic
