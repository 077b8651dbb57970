// How do the socket tables of Windows name an address and an owner?
#pragma once

#include <string>

namespace rdpmedic::windows {

// The file name of a process's image; "System" for the kernel, in whose name http.sys listens. Empty where the process
// is gone or may not be asked.
std::string process_name(unsigned long process_id);

// Of 4 and 16 bytes in network order. The scope counts for link-local addresses alone.
std::string ipv4_text(const void* address);
std::string ipv6_text(const unsigned char* address, unsigned long scope);

} // namespace rdpmedic::windows
