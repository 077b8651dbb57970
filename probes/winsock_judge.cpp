// What of the Winsock catalogue is broken, and what is merely foreign?
#include "probes/error_words.hpp"
#include "probes/registry.hpp"
#include "probes/winsock.hpp"

#include <algorithm>

namespace rdpmedic::winsock {
namespace {

bool is_mswsock(const std::string& path) {
    return lower(path.substr(path.find_last_of("\\/") + 1)) == "mswsock.dll"; // npos + 1 is 0
}

std::string describe_entry(const WinsockEntry& entry) {
    return "entry " + std::to_string(entry.id) + " '" + entry.name + "', family " + std::to_string(entry.family) +
           ", chain length " + std::to_string(entry.chain_length) + ", " + entry.path;
}

class Judge {
  public:
    explicit Judge(const Facts& facts) : facts_(facts) {}

    std::vector<Finding> run() {
        choose_source();
        judge_registry_reads();
        if (entries_)
            judge_missing();
        if (providers_)
            judge_providers();
        judge_gaps("protocols", facts_.protocols.own);
        judge_gaps("namespaces", facts_.namespaces.own);
        judge_32();
        judge_namespace_files();
        judge_signatures();
        return std::move(findings_);
    }

  private:
    void add(Finding finding) { findings_.push_back(std::move(finding)); }

    Finding unreadable(const std::string& subject, const Error& error) const {
        Finding finding = unknown("winsock", subject, error);
        finding.code = "winsock.catalog_unreadable";
        return finding;
    }

    // The interface tells what programs get; the registry alone serves where it does not answer.
    void choose_source() {
        if (facts_.answered) {
            entries_ = &facts_.answered->protocols;
            return choose_providers();
        }
        add(unreadable("the Winsock catalogue", facts_.answered.error()));
        if (!facts_.protocols.own)
            return;
        entries_ = &facts_.protocols.own->protocols;
        providers_ = entries_;
        incomplete_ = !facts_.protocols.own->odd.empty();
    }

    // Wine's interface does not tell the files of its providers.
    void choose_providers() {
        const bool told = std::any_of(entries_->begin(), entries_->end(),
                                      [](const WinsockEntry& entry) { return !entry.path.empty(); });
        if (told || entries_->empty()) {
            providers_ = entries_;
        } else if (facts_.protocols.own && !facts_.protocols.own->protocols.empty()) {
            providers_ = &facts_.protocols.own->protocols;
        } else {
            add(unknown("winsock", "the files of the providers",
                        {Errc::unsupported, 0, "WSCGetProviderPath and the registry name none"}));
        }
    }

    // Keys that do not exist while the interface answers are no fault: Wine has none. But then nobody has counted.
    void judge_registry_reads() {
        const auto judge_read = [&](const char* subject, const Result<CatalogList>& list) {
            if (is_unreadable(list))
                add(unreadable(subject, list.error()));
            for (const OddEntry& odd : list ? list->odd : std::vector<OddEntry>{})
                add(unreadable(std::string(subject) + ", entry " + odd.subkey, odd.error));
        };
        judge_read("the list of protocols in the registry", facts_.protocols.own);
        judge_read("the list of name services in the registry", facts_.namespaces.own);
        if (!is_absent(facts_.protocols.own) || !facts_.answered)
            return;
        Finding finding{
            "winsock.catalog_not_in_registry", Severity::info,
            "the catalogue is not in the registry where Windows keeps it: what programs get was judged, and "
            "nothing could be compared with it"};
        finding.evidence = {describe(facts_.protocols.own.error())};
        add(std::move(finding));
    }

    void judge_missing() {
        for (const MissingProtocol& missing : missing_base_protocols(*entries_)) {
            if (incomplete_)
                continue; // it may be in an entry that could not be read, which is said already
            Finding finding{"winsock.missing_base_provider", missing.ipv4 ? Severity::critical : Severity::warning,
                            "no base provider of the Winsock catalogue serves " + missing.name};
            finding.subject = missing.name;
            finding.evidence = {std::to_string(entries_->size()) + " entries read from " +
                                (facts_.answered ? "the Winsock interface" : "HKLM\\" + facts_.protocols.own->key.key)};
            add(std::move(finding));
        }
    }

    bool serves_internet(const WinsockEntry& entry) const {
        return entry.chain_length == 1 && (entry.family == 2 || entry.family == 23);
    }

    void judge_providers() {
        std::map<std::string, std::vector<const WinsockEntry*>> by_path;
        for (const WinsockEntry& entry : *providers_)
            by_path[lower(entry.path)].push_back(&entry);
        for (const auto& [path, entries] : by_path) {
            const bool vital = std::any_of(entries.begin(), entries.end(),
                                           [&](const WinsockEntry* entry) { return serves_internet(*entry); });
            judge_file(entries.front()->path, vital);
            judge_layers(entries);
            if (!path.empty() && !is_mswsock(path))
                judge_foreign(entries);
        }
    }

    void judge_file(const std::string& path, bool vital) {
        const auto found = facts_.files.find(path);
        if (found == facts_.files.end() || found->second)
            return;
        if (is_unreadable(found->second))
            return add(unknown("winsock", "the file " + path, found->second.error()));
        Finding finding{"winsock.provider_file_missing", vital ? Severity::critical : Severity::warning,
                        "the Winsock catalogue names a provider file that does not exist: " + path};
        finding.subject = path;
        finding.evidence = {describe(found->second.error())};
        for (const WinsockEntry& entry : removable_without_file(facts_))
            if (path_of(facts_, entry) == path)
                finding.repair = "winsock";
        add(std::move(finding));
    }

    // Services load a layered provider only when it has a category, so that it breaks clients and tools before
    // TermService:
    // https://learn.microsoft.com/windows/win32/winsock/categorizing-layered-service-providers-and-applications-2
    void judge_layers(const std::vector<const WinsockEntry*>& entries) {
        Finding finding{"winsock.layered_provider", Severity::warning,
                        "a layered provider has put itself into the Winsock catalogue: " + entries.front()->path +
                            "; it rarely reaches TermService, because services do not load layered providers without a "
                            "category, but clients and tools on this host go through it"};
        finding.subject = entries.front()->path;
        for (const WinsockEntry* entry : entries)
            if (entry->chain_length != 1)
                finding.evidence.push_back(describe_entry(*entry));
        if (!finding.evidence.empty())
            add(std::move(finding));
    }

    void judge_foreign(const std::vector<const WinsockEntry*>& entries) {
        Finding finding{"winsock.foreign_provider", Severity::info,
                        "a base provider of the Winsock catalogue is not Windows' own mswsock.dll: " +
                            entries.front()->path};
        finding.subject = entries.front()->path;
        for (const WinsockEntry* entry : entries)
            if (entry->chain_length == 1)
                finding.evidence.push_back(describe_entry(*entry));
        if (!finding.evidence.empty())
            add(std::move(finding));
    }

    // Where programs still get all they need from the interface, damage in the registry has not reached them yet.
    void judge_gaps(const std::string& subject, const Result<CatalogList>& list) {
        if (!list)
            return;
        if (is_unreadable(list->announced))
            add(unreadable("the number of entries", list->announced.error()));
        const std::vector<std::string> gaps = gaps_of(*list);
        if (gaps.empty())
            return;
        const bool works = facts_.answered && missing_base_protocols(facts_.answered->protocols).empty();
        Finding finding{"winsock.catalog_gap", works ? Severity::warning : Severity::critical,
                        "the Winsock catalogue of " + subject + " has gaps" +
                            (works ? "; programs still get TCP and UDP from it" : "")};
        finding.subject = subject;
        for (const std::string& gap : gaps)
            finding.evidence.push_back("HKLM\\" + list->key.key + ": " + gap);
        add(std::move(finding));
    }

    // TermService is a 64-bit program on a 64-bit system: the other list breaks old programs only.
    void judge_32() {
        Finding finding{"winsock.catalog_32_damaged", Severity::warning,
                        "the Winsock catalogue for 32-bit programs is damaged; RDP itself does not use it"};
        for (const RegistryLists* lists : {&facts_.protocols, &facts_.namespaces}) {
            if (!lists->own || !lists->for_32)
                continue;
            for (const std::string& gap : gaps_of(*lists->for_32))
                finding.evidence.push_back("HKLM\\" + lists->for_32->key.key + ": " + gap);
            for (const OddEntry& odd : lists->for_32->odd)
                if (odd.error.code != Errc::unsupported && odd.error.code != Errc::access_denied)
                    finding.evidence.push_back("entry " + odd.subkey + ": " + describe(odd.error));
        }
        const auto& list = facts_.protocols;
        if (list.own && list.for_32 && list.for_32->odd.empty())
            for (const MissingProtocol& missing : missing_base_protocols(list.for_32->protocols))
                finding.evidence.push_back("no base provider serves " + missing.name);
        if (list.own && is_unreadable(list.for_32))
            add(unreadable("the list of protocols for 32-bit programs", list.for_32.error()));
        if (!finding.evidence.empty())
            add(std::move(finding));
    }

    void judge_namespace_files() {
        if (!facts_.namespaces.own)
            return;
        std::vector<std::string> seen;
        for (const NamespaceEntry& entry : facts_.namespaces.own->namespaces) {
            const bool repeated = std::find(seen.begin(), seen.end(), lower(entry.path)) != seen.end();
            seen.push_back(lower(entry.path));
            if (entry.active && !repeated && !is_mswsock(entry.path))
                judge_file(entry.path, false);
        }
    }

    // What every program loads that opens a socket should at least say whose it is.
    void judge_signatures() {
        for (const auto& [path, signature] : facts_.signatures) {
            if (!signature && signature.error().code != Errc::unsupported && !is_absent(signature))
                add(unknown("winsock", "the signature of " + path, signature.error()));
            if (!signature || signature->status == 0)
                continue;
            Finding finding{"winsock.provider_unsigned", Severity::warning,
                            "the Winsock catalogue names a file whose signature is missing or not trusted: " + path};
            finding.subject = path;
            finding.evidence = {path + ": " + describe(*signature) +
                                (signature->signer.empty() ? std::string() : ", signed by " + signature->signer)};
            add(std::move(finding));
        }
    }

    const Facts& facts_;
    const std::vector<WinsockEntry>* entries_ = nullptr;   // what programs get
    const std::vector<WinsockEntry>* providers_ = nullptr; // the same or the registry's, with files
    bool incomplete_ = false;
    std::vector<Finding> findings_;
};

} // namespace

std::vector<Finding> judge(const Facts& facts, const JudgeContext&) { return Judge(facts).run(); }

} // namespace rdpmedic::winsock
