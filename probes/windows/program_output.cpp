// What does a program of Windows print?
#include "probes/windows/program_output.hpp"

#include "probes/facts/basic.hpp"
#include "probes/windows/handle.hpp"
#include "probes/windows/last_error.hpp"
#include "probes/windows/text.hpp"

namespace rdpmedic::windows {
namespace {

constexpr DWORD pause_ms = 10;
constexpr std::size_t longest_answer = 256U << 10U;

struct Program {
    std::wstring path, arguments;
    std::string name() const { return to_utf8(path); }
};

struct Child {
    KernelObject job, process, output;
};

// Both ends of a pipe; the one to write to is inherited.
Result<void> make_pipe(const Program& program, KernelObject& read_end, KernelObject& write_end) {
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    if (!::CreatePipe(read_end.out(), write_end.out(), &inherited, 0))
        return last_error("CreatePipe", program.name());
    if (!::SetHandleInformation(read_end.get(), HANDLE_FLAG_INHERIT, 0))
        return last_error("SetHandleInformation", program.name());
    return {};
}

// https://learn.microsoft.com/windows/win32/procthread/job-objects: what is left in it ends with its last handle.
Result<KernelObject> make_job(const Program& program) {
    KernelObject job(::CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!job || !::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits))
        return last_error("CreateJobObjectW", program.name());
    return job;
}

// The list of handles that a child inherits: one.
// https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-updateprocthreadattribute
class Inherited {
  public:
    explicit Inherited(HANDLE handle) : handle_(handle) {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        room_.resize(size);
        made_ = ::InitializeProcThreadAttributeList(get(), 1, 0, &size) &&
                ::UpdateProcThreadAttribute(get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &handle_, sizeof handle_,
                                            nullptr, nullptr);
    }
    ~Inherited() {
        if (made_)
            ::DeleteProcThreadAttributeList(get());
    }
    Inherited(const Inherited&) = delete;
    Inherited& operator=(const Inherited&) = delete;
    explicit operator bool() const noexcept { return made_; }
    LPPROC_THREAD_ATTRIBUTE_LIST get() noexcept { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(room_.data()); }

  private:
    HANDLE handle_; // the list keeps a pointer to it
    Bytes room_;
    bool made_ = false;
};

Result<Child> start(const Program& program) {
    Child child;
    KernelObject write_end;
    if (const auto piped = make_pipe(program, child.output, write_end); !piped)
        return piped.error();
    auto job = make_job(program);
    if (!job)
        return job.error();
    child.job = std::move(*job);
    auto process = start_in_job(program.path, program.arguments, child.job.get(), write_end.get());
    if (!process)
        return process.error();
    child.process = std::move(*process);
    return child;
}

// Takes what is in the pipe now, without waiting for more. False: that is too much.
bool drain(HANDLE pipe, std::string& answer) {
    DWORD available = 0;
    while (::PeekNamedPipe(pipe, nullptr, 0, nullptr, &available, nullptr) && available > 0) {
        char part[4096];
        DWORD got = 0;
        if (!::ReadFile(pipe, part, sizeof part, &got, nullptr) || got == 0)
            return true;
        answer.append(part, got);
        if (answer.size() > longest_answer)
            return false;
    }
    return true;
}

} // namespace

Result<KernelObject> start_in_job(const std::wstring& path, const std::wstring& arguments, HANDLE job, HANDLE output) {
    const Program program{path, arguments};
    Inherited inherited(output);
    if (!inherited)
        return last_error("UpdateProcThreadAttribute", program.name());
    STARTUPINFOEXW startup{};
    startup.StartupInfo.cb = sizeof startup;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    startup.StartupInfo.hStdOutput = output;
    startup.StartupInfo.hStdError = output;
    startup.lpAttributeList = inherited.get();
    std::wstring command = L"\"" + program.path + L"\" " + program.arguments;
    PROCESS_INFORMATION started{};
    if (!::CreateProcessW(program.path.c_str(), command.data(), nullptr, nullptr, TRUE,
                          CREATE_NO_WINDOW | CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr,
                          &startup.StartupInfo, &started))
        return last_error("CreateProcessW", program.name());
    KernelObject process(started.hProcess);
    const KernelObject thread(started.hThread);
    if (!::AssignProcessToJobObject(job, process.get())) {
        const Error error = last_error("AssignProcessToJobObject", program.name());
        ::TerminateProcess(process.get(), 1);
        return error;
    }
    // https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-resumethread
    if (::ResumeThread(thread.get()) == static_cast<DWORD>(-1)) {
        const Error error = last_error("ResumeThread", program.name());
        ::TerminateProcess(process.get(), 1);
        return error;
    }
    return process;
}

Result<std::string> program_output(const std::wstring& path, const std::wstring& arguments,
                                   std::chrono::milliseconds patience) {
    const Program program{path, arguments};
    const auto child = start(program);
    if (!child)
        return child.error();
    std::string answer;
    const auto begin = std::chrono::steady_clock::now();
    for (bool ended = false; !ended;) {
        ended = ::WaitForSingleObject(child->process.get(), pause_ms) == WAIT_OBJECT_0;
        if (!drain(child->output.get(), answer))
            return Error{Errc::malformed, 0, program.name() + ", whose answer is too long"};
        if (!ended && std::chrono::steady_clock::now() - begin > patience)
            return Error{Errc::timed_out, 0, program.name()};
    }
    DWORD status = 0;
    if (!::GetExitCodeProcess(child->process.get(), &status))
        return last_error("GetExitCodeProcess", program.name());
    if (status != 0)
        return Error{Errc::unsupported, status, program.name() + " " + to_utf8(arguments)};
    return answer;
}

} // namespace rdpmedic::windows
