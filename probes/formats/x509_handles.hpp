// Who frees what OpenSSL has made, and whose errors are in its queue?
#pragma once

#include <memory>

#include <openssl/err.h>
#include <openssl/x509.h>

namespace rdpmedic {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* pointer) const {
        release(pointer);
    }
};
using Certificate = std::unique_ptr<X509, Release<X509_free>>;

// OpenSSL keeps its errors in a queue per thread. What is left there would be blamed on the next user of OpenSSL.
struct ErrorQueue {
    ErrorQueue() { ERR_clear_error(); }
    ~ErrorQueue() { ERR_clear_error(); }
    ErrorQueue(const ErrorQueue&) = delete;
    ErrorQueue& operator=(const ErrorQueue&) = delete;
};

} // namespace rdpmedic
