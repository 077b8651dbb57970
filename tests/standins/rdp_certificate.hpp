// Test fixture: where are Remote Desktop's certificate and its key, and how does Windows make them?
//
// The places are the real ones: the store "Remote Desktop" of the local machine, a certificate linked to the CAPI
// machine container TSSecKeySet1, and the container's file below MachineKeys. The file holds PEM, where the real one
// holds a key protected by DPAPI: only the stand-ins read it.
#pragma once

#include "tests/standins/self_signed.hpp"

#include <optional>
#include <string>

namespace rdpmedic::standin {

// %ProgramData%\Microsoft\Crypto\RSA\MachineKeys\f686aace6942fb7f7ceb231212eef4a4_<MachineGuid>. Makes a MachineGuid
// where there is none.
std::wstring key_file();

// Makes key file, container and certificate, valid `from` to `until`. Throws std::runtime_error with what failed.
void create(Time from, Time until);
// How many certificates are in the store now.
std::size_t count();
// Deletes every certificate (or only the expired ones), and says how many. The key stays, as with the real one.
std::size_t remove(bool only_expired, Time now);
// DER of the first certificate in the store, as the store is now.
std::optional<Bytes> served();
// The key file's text; nothing where it cannot be read, or where its DACL does not let NETWORK SERVICE read it: the
// real TermService runs as NETWORK SERVICE.
std::optional<std::string> readable_key();

} // namespace rdpmedic::standin
