// Where does a repair die? Test fixture: linked with the whole program, it ends the process at one record of the
// journal.
//
// The linker leads every call of disk::append here (--wrap). C:\dies_at.txt says "before N" or "after N": the process
// ends before or after the Nth record of a journal has reached the disk, and the file is removed first, so that the
// next start lives. Without the file nothing differs from the program.
#include "agent/disk.hpp"

#include <fstream>
#include <utility>

#include <windows.h>

// https://sourceware.org/binutils/docs/ld/Options.html#index-_002d_002dwrap_003dsymbol
#define DISK_APPEND "_ZN8rdpmedic4disk6appendERKNSt10filesystem7__cxx114pathESt17basic_string_viewIcSt11char_traitsIcEE"
rdpmedic::Result<> append_for_real(const std::filesystem::path& path,
                                   std::string_view bytes) asm("__real_" DISK_APPEND);
rdpmedic::Result<> append_or_die(const std::filesystem::path& path, std::string_view bytes) asm("__wrap_" DISK_APPEND);

namespace {

constexpr const char* order_file = "C:\\dies_at.txt";

struct Order {
    std::string when; // "before", "after"; empty: lives
    int record = 0;
};

Order read_order() {
    Order order;
    std::ifstream(order_file) >> order.when >> order.record;
    return order;
}

[[noreturn]] void die() {
    ::DeleteFileA(order_file);
    ::TerminateProcess(::GetCurrentProcess(), 99);
    ::Sleep(INFINITE); // does not return, but is not declared so
    __builtin_unreachable();
}

} // namespace

rdpmedic::Result<> append_or_die(const std::filesystem::path& path, std::string_view bytes) {
    // One repair at a time writes; each has a file of its own.
    static std::filesystem::path file;
    static int records = 0;
    if (path.parent_path().filename() != "journal")
        return append_for_real(path, bytes);
    const Order order = read_order();
    if (std::exchange(file, path) != path)
        records = 0;
    const int record = ++records;
    if (order.when == "before" && order.record == record)
        die();
    auto written = append_for_real(path, bytes);
    if (order.when == "after" && order.record == record)
        die();
    return written;
}
