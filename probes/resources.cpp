// Has this host what a new session needs: memory, disk, handles, desktop heap?
#include "probes/resources.hpp"

#include <charconv>

namespace rdpmedic::resources {
namespace {

constexpr std::string_view id = "resources";
const RegistryPath profile_list{R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList)"};
const RegistryPath subsystems{R"(SYSTEM\CurrentControlSet\Control\Session Manager\SubSystems)"};

// The smallest values that any Windows was installed with (32-bit Windows before Vista):
// https://learn.microsoft.com/troubleshoot/windows-server/performance/desktop-heap-limitation-out-of-memory
constexpr std::uint32_t least_interactive_kb = 3072, least_non_interactive_kb = 512;

constexpr std::uint64_t mebibyte = 1024 * 1024;

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes / mebibyte) + " MB"; }

// 0 to 100; a total of 0 is no answer, and the caller has asked for it.
std::uint64_t percent(std::uint64_t part, std::uint64_t whole) {
    return whole > 100 * mebibyte ? part / (whole / 100) : part * 100 / whole;
}

std::string evidence_of(const MemoryFacts& memory) {
    return "committed " + megabytes(memory.commit_used) + " of " + megabytes(memory.commit_limit) + ", physical free " +
           megabytes(memory.physical_available) + " of " + megabytes(memory.physical_total) + ", non-paged pool " +
           megabytes(memory.kernel_nonpaged) + ", " + std::to_string(memory.processes) + " processes, " +
           std::to_string(memory.threads) + " threads, " + std::to_string(memory.handles) + " handles";
}

// Collects the findings of one round.
class Judge {
  public:
    Judge(const Facts& facts, const JudgeContext& context) : facts_(facts), limits_(context.limits) {}

    std::vector<Finding> findings() {
        judge_memory();
        judge_process();
        judge_folders();
        judge_desktop_heap();
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    void add_unknown(std::string subject, const Error& error) { add(unknown(id, std::move(subject), error)); }

    void judge_memory() {
        if (!facts_.memory)
            return add_unknown("memory", facts_.memory.error());
        const MemoryFacts& memory = *facts_.memory;
        if (memory.commit_limit == 0 || memory.physical_total == 0)
            return add_unknown("memory", {Errc::malformed, 0, "the counters, " + evidence_of(memory)});
        const std::uint64_t committed = percent(memory.commit_used, memory.commit_limit);
        if (committed > limits_.commit_warn_percent)
            add({"resources.commit_high",
                 committed > limits_.commit_fail_percent ? Severity::critical : Severity::warning,
                 std::to_string(committed) +
                     " % of the memory that Windows can promise is taken: a new session may not start. Look for the "
                     "process with the most committed memory, or give the paging file room to grow",
                 {},
                 {evidence_of(memory)}});
        const std::uint64_t free = percent(memory.physical_available, memory.physical_total);
        if (free < limits_.physical_free_warn_percent)
            add({"resources.memory_low",
                 Severity::warning,
                 std::to_string(free) + " % of the physical memory is free: logons are slow and may time out",
                 {},
                 {evidence_of(memory)}});
    }

    void judge_process() {
        if (is_unreadable(facts_.term_service))
            return add_unknown("TermService", facts_.term_service.error());
        // Not running, or gone since: the probe termservice says so.
        if (!facts_.term_service || is_absent(facts_.term_process))
            return;
        if (!facts_.term_process)
            return add_unknown("the process of TermService", facts_.term_process.error());
        const ProcessFacts& process = *facts_.term_process;
        if (process.handles <= limits_.service_handles_warn)
            return;
        const bool shared = facts_.term_service->services_in_process != 1;
        add({"resources.handles_high",
             Severity::warning,
             "the process of TermService holds " + std::to_string(process.handles) +
                 " handles: something in it leaks them" +
                 (shared ? "; other services may run in the same process" : ""),
             "TermService",
             {"process " + std::to_string(process.id) + " " + process.image + ": " + std::to_string(process.handles) +
              " handles, private memory " + megabytes(process.private_bytes)}});
    }

    void judge_folders() {
        if (!facts_.profiles_directory)
            add_unknown("ProfilesDirectory", facts_.profiles_directory.error());
        const VolumeFacts* before = nullptr;
        for (const Folder& folder : facts_.folders) {
            if (!folder.volume) {
                add_unknown(folder.purpose + " (" + folder.path + ")", folder.volume.error());
                continue;
            }
            if (!before || !same_volume(*before, *folder.volume))
                judge_volume(folder, *folder.volume);
            before = &*folder.volume;
        }
    }

    // A folder can be a volume of its own, mounted there: the size tells it from its drive.
    static bool same_volume(const VolumeFacts& left, const VolumeFacts& right) {
        return left.path.substr(0, 2) == right.path.substr(0, 2) && left.size == right.size;
    }

    void judge_volume(const Folder& folder, const VolumeFacts& volume) {
        if (volume.available >= limits_.disk_warn_mb * mebibyte)
            return;
        const bool full = volume.available < limits_.disk_fail_mb * mebibyte;
        add({"resources.disk_low",
             full ? Severity::critical : Severity::warning,
             megabytes(volume.available) + " are left on " + folder.purpose +
                 (full ? ": the profile of a user may not load, and the logon ends" : ""),
             volume.path,
             {volume.path + ": " + megabytes(volume.available) + " of " + megabytes(volume.size) + " available"}});
    }

    void judge_desktop_heap() {
        if (!facts_.subsystem)
            return add_unknown("the desktop heap", facts_.subsystem.error());
        const std::string evidence = label(subsystems, "Windows") + " = " + *facts_.subsystem;
        const auto heap = parse_desktop_heap(*facts_.subsystem);
        if (!heap)
            return add({"resources.desktop_heap",
                        Severity::warning,
                        "the sizes of the desktop heap cannot be read: " + heap.error().where,
                        {},
                        {evidence}});
        const std::uint32_t services = heap->non_interactive.value_or(heap->interactive);
        if (heap->interactive < least_interactive_kb || services < least_non_interactive_kb)
            add({"resources.desktop_heap",
                 Severity::warning,
                 "the desktop heap is set to " + std::to_string(heap->interactive) + " KB for a user's desktop and " +
                     std::to_string(services) +
                     " KB for a service's, less than any Windows was installed with: programs of a new session may "
                     "not start",
                 {},
                 {evidence}});
    }

    const Facts& facts_;
    const Thresholds& limits_;
    std::vector<Finding> findings_;
};

// A decimal number without sign or blanks.
std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

Result<DesktopHeap> parse_desktop_heap(std::string_view command_line) {
    constexpr std::string_view name = "SharedSection=";
    const std::size_t at = command_line.find(name);
    if (at == command_line.npos)
        return Error{Errc::malformed, 0, "no SharedSection"};
    std::string_view rest = command_line.substr(at + name.size());
    rest = rest.substr(0, rest.find_first_of(" \t"));
    const Error odd{Errc::malformed, 0, "SharedSection=" + std::string(rest.substr(0, 64))};
    std::vector<std::uint32_t> numbers;
    for (bool more = true; more && numbers.size() < 4;) {
        const std::size_t comma = rest.find(',');
        const auto value = number(rest.substr(0, comma));
        if (!value)
            return odd;
        numbers.push_back(*value);
        more = comma != rest.npos;
        rest = more ? rest.substr(comma + 1) : std::string_view{};
    }
    if (numbers.size() == 2)
        return DesktopHeap{numbers[0], numbers[1], std::nullopt};
    if (numbers.size() == 3)
        return DesktopHeap{numbers[0], numbers[1], numbers[2]};
    return odd;
}

Result<Facts> collect(const Host& host) {
    Facts facts;
    facts.memory = host.memory();
    facts.term_service = host.service("TermService");
    if (facts.term_service && facts.term_service->process_id != 0)
        facts.term_process = host.process(facts.term_service->process_id);
    else
        facts.term_process = Error{Errc::not_found, 0, "TermService has no process"};
    const auto look_at = [&](const char* purpose, const std::string& path) {
        facts.folders.push_back({purpose, path, host.volume(path)});
    };
    look_at("the system drive", R"(%SystemDrive%\)");
    facts.profiles_directory = read_text(host, profile_list, "ProfilesDirectory");
    if (facts.profiles_directory)
        look_at("the drive of the user profiles", *facts.profiles_directory);
    facts.subsystem = read_text(host, subsystems, "Windows");
    return facts;
}

std::vector<Finding> judge(const Facts& facts, const JudgeContext& context) { return Judge(facts, context).findings(); }

Probe probe(const ProbeOptions&) {
    return make_probe(id, "Has this host what a new session needs?", std::chrono::minutes{5}, std::chrono::seconds{20},
                      &collect, &judge);
}

} // namespace rdpmedic::resources
