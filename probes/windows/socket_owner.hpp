// How do the socket tables of Windows name an address and an owner?
#pragma once

#include <map>
#include <string>

namespace rdpmedic::windows {

// The file name of a process's image; "System" for the kernel, in whose name http.sys listens. Empty where the process
// is gone or may not be asked.
std::string process_name(unsigned long process_id);

// The same for the rows of one table: a DNS server has thousands of sockets, and each process is asked once.
class ProcessNames {
  public:
    const std::string& of(unsigned long process_id) {
        const auto [found, is_new] = names_.try_emplace(process_id);
        if (is_new)
            found->second = process_name(process_id);
        return found->second;
    }

  private:
    std::map<unsigned long, std::string> names_;
};

// Of 4 and 16 bytes in network order. The scope counts for link-local addresses alone.
std::string ipv4_text(const void* address);
std::string ipv6_text(const unsigned char* address, unsigned long scope);

} // namespace rdpmedic::windows
