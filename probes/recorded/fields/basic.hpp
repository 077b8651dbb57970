// Which members has each fact of the registry and of files? Those of facts/basic.hpp, and an error.
#pragma once

#include "probes/facts/basic.hpp"

#include <type_traits>

namespace rdpmedic::recorded {

template <class T, class Facts>
concept Is = std::is_same_v<std::remove_const_t<T>, Facts>; // Facts or const Facts

template <class V, Is<RegistryPath> T>
void fields(V& visit, T& facts) {
    auto& [key] = facts;
    visit("key", key);
}

template <class V, Is<Error> T>
void fields(V& visit, T& facts) {
    auto& [code, native, where] = facts;
    visit("code", code), visit("native", native), visit("where", where);
}

template <class V, Is<FileFacts> T>
void fields(V& visit, T& facts) {
    auto& [path, size, directory, reparse_point] = facts;
    visit("path", path), visit("size", size), visit("directory", directory), visit("reparse_point", reparse_point);
}

template <class V, Is<FileEnds> T>
void fields(V& visit, T& facts) {
    auto& [size, head, tail] = facts;
    visit("size", size), visit("head", head), visit("tail", tail);
}

} // namespace rdpmedic::recorded
