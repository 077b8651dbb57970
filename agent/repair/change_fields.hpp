// Which name has each kind of change in the journal, and which fields? One list, for writing and for reading.
#pragma once

#include "agent/repair/change.hpp"

namespace rdpmedic::change_fields {

// clang-format off: a table is read by its columns.
inline const char* kind(const SetFileAccess&) { return "set_file_security"; }
template <class V>
void each(V& v, SetFileAccess& c) {
    v("path", c.path);
    v("descriptor", c.descriptor);
}
inline const char* kind(const SetRegistryAccess&) { return "set_registry_security"; }
template <class V>
void each(V& v, SetRegistryAccess& c) {
    v("key", c.key.key);
    v("descriptor", c.descriptor);
}
inline const char* kind(const SetRegistryValue&) { return "set_registry_value"; }
template <class V>
void each(V& v, SetRegistryValue& c) {
    v("key", c.key.key);
    v("name", c.name);
    v("value", c.value);
}
inline const char* kind(const SetRegistryKey&) { return "set_registry_key"; }
template <class V>
void each(V& v, SetRegistryKey& c) {
    v("key", c.key.key);
    v("present", c.present);
}
inline const char* kind(const SetRegistryTree&) { return "set_registry_tree"; }
template <class V>
void each(V& v, SetRegistryTree& c) {
    v("key", c.key.key);
    v("tree", c.tree);
}
inline const char* kind(const SetServiceState&) { return "set_service_state"; }
template <class V>
void each(V& v, SetServiceState& c) {
    v("service", c.service);
    v("state", c.state);
    v("with_dependents", c.with_dependents);
}
inline const char* kind(const SetServiceStart&) { return "set_service_start"; }
template <class V>
void each(V& v, SetServiceStart& c) {
    v("service", c.service);
    v("start", c.start);
}
inline const char* kind(const SetServiceAccount&) { return "set_service_account"; }
template <class V>
void each(V& v, SetServiceAccount& c) {
    v("service", c.service);
    v("account", c.account);
}
inline const char* kind(const SetServiceType&) { return "set_service_type"; }
template <class V>
void each(V& v, SetServiceType& c) {
    v("service", c.service);
    v("type", c.type);
}
inline const char* kind(const EndServiceProcess&) { return "end_service_process"; }
template <class V>
void each(V& v, EndServiceProcess& c) {
    v("service", c.service);
    v("process", c.process_id);
    v("started", c.started);
}
inline const char* kind(const DeleteCertificate&) { return "delete_certificate"; }
template <class V>
void each(V& v, DeleteCertificate& c) {
    v("store", c.store);
    v("thumbprint", c.thumbprint);
    v("key_file", c.key_file);
}
inline const char* kind(const AddCertificate&) { return "add_certificate"; }
template <class V>
void each(V& v, AddCertificate& c) {
    v("store", c.store);
    v("thumbprint", c.thumbprint);
    v("serialized", c.serialized);
    v("key_file", c.key_file);
    v("key_bytes", c.key_bytes);
    v.where_set("key_access", c.key_access);
}
inline const char* kind(const LinkCertificateKey&) { return "link_certificate_key"; }
template <class V>
void each(V& v, LinkCertificateKey& c) {
    v("store", c.store);
    v("thumbprint", c.thumbprint);
}
inline const char* kind(const RenameFile&) { return "move_file"; }
template <class V>
void each(V& v, RenameFile& c) {
    v("from", c.from);
    v("to", c.to);
    v("replace", c.replace);
    v.where_set("puts_back", c.puts_back);
    v.where_set("content", c.content);
    v.where_set("access", c.access);
}
inline const char* kind(const MakeFolder&) { return "make_folder"; }
template <class V>
void each(V& v, MakeFolder& c) {
    v("path", c.path);
    v("descriptor", c.descriptor);
}
inline const char* kind(const RemoveFolder&) { return "remove_folder"; }
template <class V>
void each(V& v, RemoveFolder& c) {
    v("path", c.path);
}
inline const char* kind(const LogOffSession&) { return "log_off_session"; }
template <class V>
void each(V& v, LogOffSession& c) {
    v("session", c.id);
    v("user", c.user);
    v("even_active", c.even_active);
}
inline const char* kind(const DisconnectSession&) { return "disconnect_session"; }
template <class V>
void each(V& v, DisconnectSession& c) {
    v("session", c.id);
    v("user", c.user);
}
inline const char* kind(const TellSession&) { return "tell_session"; }
template <class V>
void each(V& v, TellSession& c) {
    v("session", c.id);
    v("user", c.user);
    v("text", c.text);
    v("seconds", c.seconds);
}
inline const char* kind(const SetFirewallRule&) { return "set_firewall_rule"; }
template <class V>
void each(V& v, SetFirewallRule& c) {
    v("id", c.id);
    v("rule", c.rule);
    v("active", c.active);
}
template <class V>
void each_rule(V& v, AddFirewallRule& c) {
    v("name", c.name);
    v("protocol", c.protocol);
    v("port", c.port);
    v("profiles", c.profiles);
    v("remote", c.remote);
}
inline const char* kind(const AddFirewallRule&) { return "add_firewall_rule"; }
template <class V>
void each(V& v, AddFirewallRule& c) {
    each_rule(v, c);
}
inline const char* kind(const RemoveFirewallRule&) { return "remove_firewall_rule"; }
template <class V>
void each(V& v, RemoveFirewallRule& c) {
    each_rule(v, c.added);
}
inline const char* kind(const ResetWinsock&) { return "reset_winsock"; }
template <class V>
void each(V&, ResetWinsock&) {}
inline const char* kind(const RemoveWinsockProvider&) { return "remove_winsock_provider"; }
template <class V>
void each(V& v, RemoveWinsockProvider& c) {
    v("id", c.id);
    v("name", c.name);
}
inline const char* kind(const RestoreWinsock&) { return "restore_winsock"; }
template <class V>
void each(V& v, RestoreWinsock& c) {
    v("parameters", c.parameters);
    v("dump", c.dump);
}
inline const char* kind(const FlushDns&) { return "flush_dns"; }
template <class V>
void each(V&, FlushDns&) {}
inline const char* kind(const RegisterDns&) { return "register_dns"; }
template <class V>
void each(V&, RegisterDns&) {}
inline const char* kind(const RenewLease&) { return "renew_lease"; }
template <class V>
void each(V& v, RenewLease& c) {
    v("adapter", c.adapter);
    v("name", c.name);
}
inline const char* kind(const KeepAddress&) { return "keep_address"; }
template <class V>
void each(V& v, KeepAddress& c) {
    v("adapter", c.adapter);
    v("addresses", c.addresses);
}
inline const char* kind(const ScheduleRestart&) { return "schedule_restart"; }
template <class V>
void each(V& v, ScheduleRestart& c) {
    v("seconds", c.seconds);
    v("text", c.text);
}
inline const char* kind(const CancelRestart&) { return "cancel_restart"; }
template <class V>
void each(V& v, CancelRestart& c) {
    v("mark", c.mark);
}
inline const char* kind(const CannotUndo&) { return "cannot_undo"; }
template <class V>
void each(V& v, CannotUndo& c) {
    v("why", c.why);
}
// clang-format on

} // namespace rdpmedic::change_fields
