// With which certificate do new connections begin, although its file may be renewed or break while the server runs?
#include "api/tls_keeper.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <exception>

namespace rdpmedic::api {
namespace asio = boost::asio;

namespace {

Result<TlsKeeper::Context> context_of(const TlsIdentity& identity) {
    auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    SSL_CTX* raw = tls->native_handle();
    boost::system::error_code error;
    // Forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
    if (SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return Error{Errc::io, 0, "setting up TLS"};
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    tls->use_certificate_chain(asio::buffer(identity.certificate), error);
    if (!error)
        tls->use_private_key(asio::buffer(identity.private_key), asio::ssl::context::pem, error);
    if (error)
        return Error{Errc::malformed, 0, "the TLS certificate (" + error.message() + ")"};
    return tls;
}

} // namespace

TlsKeeper::TlsKeeper(const Settings& settings, std::filesystem::path data_folder)
    : state_(std::make_shared<State>(settings, std::move(data_folder))) {}

std::vector<TlsKeeper::FileMark> TlsKeeper::marks_of(const State& state) {
    std::vector<FileMark> marks;
    for (const std::filesystem::path& file : tls_files(state.settings, state.data_folder)) {
        std::error_code no_time, no_size;
        FileMark mark;
        mark.changed = std::filesystem::last_write_time(file, no_time);
        mark.size = std::filesystem::file_size(file, no_size);
        mark.exists = !no_time && !no_size;
        marks.push_back(mark.exists ? mark : FileMark{});
    }
    return marks;
}

// Whether the files hold another certificate or key than the one that counts; then it counts from now on.
Result<bool> TlsKeeper::take_up(State& state, Time now) {
    Result<TlsIdentity> identity = tls_identity(state.settings, state.data_folder, now);
    if (!identity)
        return identity.error();
    if (*identity == state.identity)
        return false;
    Result<Context> context = context_of(*identity);
    if (!context)
        return context.error();
    state.identity = std::move(*identity);
    const std::lock_guard lock(state.mutex);
    state.context = std::move(*context);
    return true;
}

Result<> TlsKeeper::open(Time now) {
    state_->marks = marks_of(*state_); // before they are read: what changes meanwhile shows at the next look
    const Result<bool> taken = take_up(*state_, now);
    if (!taken)
        return taken.error();
    return {};
}

TlsKeeper::Context TlsKeeper::current() const {
    const std::lock_guard lock(state_->mutex);
    return state_->context;
}

// Whether a later change of the file cannot have this mark too: file times may be as coarse as two seconds (FAT).
bool TlsKeeper::tells_of_later_changes(const FileMark& mark) {
    return !mark.exists || std::filesystem::file_time_type::clock::now() - mark.changed > std::chrono::seconds{3};
}

// Certificate and key may be two files, renewed one after the other: what cannot be used is told only where it is still
// so at the next look, and once.
std::optional<Result<>> TlsKeeper::look_again(State& state, Time now) {
    std::vector<FileMark> marks = marks_of(state);
    const bool same = marks == state.marks;
    if (same && state.settled)
        return std::nullopt;
    state.settled = same && std::all_of(marks.begin(), marks.end(), tells_of_later_changes);
    state.told = same && state.told;
    state.marks = std::move(marks);
    const Result<bool> taken = take_up(state, now);
    if (!taken && same && !std::exchange(state.told, true))
        return Result<>(taken.error());
    return taken && *taken ? std::optional(Result<>()) : std::nullopt;
}

std::optional<Result<>> TlsKeeper::look(Time now) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->looking)
        state_->looking = thread_.submit([state = state_, now] {
            std::optional<Result<>> news;
            try {
                news = look_again(*state, now);
            } catch (const std::exception& error) { // on a thread of its own nobody else would catch it
                news = Result<>(Error{Errc::io, 0, "the TLS certificate: " + std::string(error.what())});
            }
            const std::lock_guard guard(state->mutex);
            if (news)
                state->news = std::move(news);
            state->looking = false;
        });
    return std::exchange(state_->news, std::nullopt);
}

} // namespace rdpmedic::api
