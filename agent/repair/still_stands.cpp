// Does the host still stand as a finished job left it, so that taking it back overwrites nobody's work?
#include "agent/repair/still_stands.hpp"

#include "agent/digest.hpp"
#include "agent/repair/roll_back.hpp"
#include "agent/repair/same_access.hpp"
#include "probes/formats/x509.hpp"
#include "probes/letter_case.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace rdpmedic {

namespace {

// Which objects a change makes something else of. A certificate that goes or comes takes its key file along, because
// the next one may be made in the same file.
struct Objects {
    using Names = std::vector<std::string>;
    Names operator()(const SetFileAccess& c) const { return {"file " + c.path}; }
    Names operator()(const RenameFile& c) const { return {"file " + c.from, "file " + c.to}; }
    Names operator()(const MakeFolder& c) const { return {"file " + c.path}; }
    Names operator()(const RemoveFolder& c) const { return {"file " + c.path}; }
    Names operator()(const DeleteCertificate& c) const { return certificate(c.store, c.thumbprint, c.key_file); }
    Names operator()(const AddCertificate& c) const { return certificate(c.store, c.thumbprint, c.key_file); }
    Names operator()(const LinkCertificateKey& c) const { return certificate(c.store, c.thumbprint, {}); }
    Names operator()(const SetRegistryAccess& c) const { return {"access " + c.key.key}; }
    Names operator()(const SetRegistryKey& c) const { return {"key " + c.key.key}; }
    Names operator()(const SetRegistryValue& c) const { return {"value " + c.key.key + "\\" + c.name}; }
    Names operator()(const SetServiceStart& c) const { return {"start " + c.service}; }
    Names operator()(const SetServiceAccount& c) const { return {"account " + c.service}; }
    Names operator()(const SetServiceType& c) const { return {"type " + c.service}; }
    Names operator()(const SetFirewallRule& c) const { return {"rule " + c.id}; }
    Names operator()(const ResetWinsock&) const { return {"winsock"}; }
    Names operator()(const RemoveWinsockProvider&) const { return {"winsock"}; }
    template <class Other>
    Names operator()(const Other&) const {
        return {};
    }

    static Names certificate(const std::string& store, const std::string& thumbprint, const std::string& key_file) {
        Names names{"certificate " + store + ", " + thumbprint};
        if (!key_file.empty())
            names.push_back("file " + key_file);
        return names;
    }
};

std::vector<std::string> objects_of(const Change& change) {
    std::vector<std::string> names = std::visit(Objects{}, change);
    for (std::string& name : names)
        name = lower(std::move(name));
    return names;
}

// The same job made something else of it itself.
bool changed_again(const JournalEntry& entry, std::size_t index) {
    const std::vector<std::string> objects = objects_of(*entry.undo[index].made);
    for (std::size_t later = index + 1; later < entry.undo.size(); ++later) {
        const Undo& undo = entry.undo[later];
        if (!undo.made || undo.step > *entry.reached)
            continue;
        for (const std::string& name : objects_of(*undo.made))
            if (std::find(objects.begin(), objects.end(), name) != objects.end())
                return true;
    }
    return false;
}

// Another key may have come to the old place since: all that counts is that what was moved is there to be moved back.
Result<bool> still_moved(const RenameFile& made, const Host& host) {
    const auto moved = host.file(made.to);
    if (is_absent(moved))
        return false;
    if (!moved)
        return moved.error();
    return true;
}

// Both say what to make of one object.
bool same(const Change& now, const Change& wanted) {
    if (now.index() != wanted.index())
        return false;
    if (const auto* file = std::get_if<SetFileAccess>(&wanted))
        return same_access(std::get<SetFileAccess>(now).descriptor, file->descriptor, false);
    if (const auto* key = std::get_if<SetRegistryAccess>(&wanted))
        return same_access(std::get<SetRegistryAccess>(now).descriptor, key->descriptor, true);
    return to_json(now) == to_json(wanted);
}

Result<bool> same_as_made(const Change& made, const HostControl& control) {
    auto now = control.capture(made); // what would bring back what is there now
    if (is_absent(now))
        return true; // a certificate that was taken out is still out
    if (!now)
        return now.error();
    return now->index() != made.index() || same(*now, made);
}

Result<bool> still_stands(const JournalEntry& entry, const Undo& undo, const Host& host, const HostControl& control) {
    const Change& made = *undo.made;
    if (std::holds_alternative<SetServiceState>(made) || std::holds_alternative<EndServiceProcess>(made))
        return true;
    if (const auto* rename = std::get_if<RenameFile>(&made))
        return still_moved(*rename, host);
    if (!leaves_trace(made))
        return same_as_made(made, control);
    const auto left = entry.left.find(undo.step);
    if (left == entry.left.end())
        return false; // not known what it was: nobody overwrites it blindly
    const auto now = trace_of(made, host, control);
    if (is_absent(now))
        return false;
    if (!now)
        return now.error();
    return *now == left->second;
}

// A certificate that came after the job has its key perhaps in the very file that would be overwritten.
Result<std::vector<std::string>> strangers(const JournalEntry& entry, const DropNewCertificates& drop,
                                           const Host& host) {
    auto now = thumbprints_in(host, drop.store);
    if (!now)
        return now.error();
    std::vector<std::string> known = drop.held, found;
    for (const NewCertificates& came : entry.came)
        if (came.store == drop.store)
            known.insert(known.end(), came.thumbprints.begin(), came.thumbprints.end());
    for (const std::string& thumbprint : *now)
        if (std::find(known.begin(), known.end(), thumbprint) == known.end())
            found.push_back("certificate " + thumbprint + " has come into the store " + drop.store);
    return found;
}

// What the job made something else of in taking certificates out of a store.
std::vector<std::string> certificates_of(const JournalEntry& entry, const std::string& store) {
    std::vector<std::string> names;
    for (const Undo& undo : entry.undo)
        if (undo.made)
            if (const auto* gone = std::get_if<DeleteCertificate>(&*undo.made); gone != nullptr && gone->store == store)
                for (std::string& name : objects_of(*undo.made))
                    names.push_back(std::move(name));
    return names;
}

bool touches(const Change& change, const std::set<std::string>& objects) {
    const std::vector<std::string> names = objects_of(change);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return objects.count(name) != 0; });
}

// As one of the job's own inverses makes it: a process has died while it took this back, or somebody has put it back.
// To make that inverse again overwrites nothing.
Result<bool> is_back(const JournalEntry& entry, const Change& made, const HostControl& control) {
    const std::vector<std::string> names = objects_of(made);
    const std::set<std::string> objects(names.begin(), names.end());
    for (const Undo& undo : entry.undo) {
        const auto* inverse = std::get_if<Change>(&undo.action);
        if (inverse == nullptr || !undo.made || undo.step > *entry.reached || !touches(*undo.made, objects))
            continue;
        const auto now = control.capture(*undo.made);
        if (is_absent(now))
            continue;
        if (!now)
            return now.error();
        if (same(*now, *inverse))
            return true;
    }
    return false;
}

// Neither as the job left it nor as it was at any time before.
Result<bool> is_anothers(const JournalEntry& entry, std::size_t index, const Host& host, const HostControl& control) {
    const Undo& undo = entry.undo[index];
    if (!undo.made || changed_again(entry, index))
        return false;
    const auto stands = still_stands(entry, undo, host, control);
    if (!stands)
        return stands.error();
    if (*stands)
        return false;
    const auto back = is_back(entry, *undo.made, control);
    if (!back)
        return back.error();
    return !*back;
}

bool is_left(const Undo& undo) {
    const auto* change = std::get_if<Change>(&undo.action);
    return change != nullptr && std::holds_alternative<CannotUndo>(*change);
}

} // namespace

bool leaves_trace(const Change& made) {
    return std::holds_alternative<ResetWinsock>(made) || std::holds_alternative<RemoveWinsockProvider>(made) ||
           std::holds_alternative<LinkCertificateKey>(made);
}

Result<std::string> trace_of(const Change& made, const Host& host, const HostControl& control) {
    if (const auto* link = std::get_if<LinkCertificateKey>(&made)) {
        const auto certificates = host.certificates(link->store);
        if (!certificates)
            return certificates.error();
        for (const StoreCertificate& one : *certificates) {
            if (sha1_thumbprint(one.der) != link->thumbprint)
                continue;
            if (!one.key)
                return one.key.error();
            return sha256_hex(nlohmann::json{one.key->container, one.key->provider, one.key->machine_keyset}.dump(
                -1, ' ', false, nlohmann::json::error_handler_t::replace));
        }
        return Error{Errc::not_found, 0, "certificate " + link->thumbprint + " in the store " + link->store};
    }
    // Not with the change itself: the entry that it takes out is gone, and its number may be another one's.
    const auto now = control.capture(RestoreWinsock{});
    if (!now)
        return now.error();
    const auto* catalogue = std::get_if<RestoreWinsock>(&*now);
    if (catalogue == nullptr)
        return Error{Errc::unsupported, 0, "what the catalogue is could not be told"};
    return sha256_hex(to_json(SetRegistryTree{{}, catalogue->parameters})
                          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<std::vector<std::string>> changed_since(const JournalEntry& entry, const Host& host,
                                               const HostControl& control) {
    std::vector<std::string> changed;
    for (std::size_t i = entry.undo.size(); i-- > 0;) {
        const Undo& undo = entry.undo[i];
        if (undo.step > *entry.reached)
            continue;
        if (undo.made && !changed_again(entry, i)) {
            const auto stands = still_stands(entry, undo, host, control);
            if (!stands)
                return stands.error();
            if (!*stands)
                changed.push_back(describe(*undo.made));
        }
        if (const auto* drop = std::get_if<DropNewCertificates>(&undo.action)) {
            auto came = strangers(entry, *drop, host);
            if (!came)
                return came.error();
            for (std::string& one : *came)
                if (std::find(changed.begin(), changed.end(), one) == changed.end())
                    changed.push_back(std::move(one));
        }
    }
    return changed;
}

Result<std::vector<Undo>> undo_of_what_stands(const JournalEntry& entry, const Host& host, const HostControl& control) {
    std::vector<Undo> result = entry.undo;
    std::set<std::string> foreign; // objects that are somebody else's by now
    const auto leave = [&](Undo& undo, std::string why) {
        undo.action = Change{CannotUndo{std::move(why)}};
        if (undo.made)
            for (std::string& name : objects_of(*undo.made))
                foreign.insert(std::move(name));
    };
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (result[i].step > *entry.reached)
            continue;
        const auto anothers = is_anothers(entry, i, host, control);
        if (!anothers)
            return anothers.error();
        if (*anothers)
            leave(result[i], describe(*result[i].made) + ", which somebody has changed since");
        if (const auto* drop = std::get_if<DropNewCertificates>(&entry.undo[i].action)) {
            auto came = strangers(entry, *drop, host);
            if (!came)
                return came.error();
            if (came->empty())
                continue;
            leave(result[i], came->front());
            for (std::string& name : certificates_of(entry, drop->store)) // with the files of their keys
                foreign.insert(std::move(name));
        }
    }
    for (Undo& undo : result)
        if (undo.made && touches(*undo.made, foreign) && !is_left(undo))
            undo.action =
                Change{CannotUndo{describe(*undo.made) + ", which belongs to what somebody has changed since"}};
    return result;
}

} // namespace rdpmedic
