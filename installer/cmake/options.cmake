# How our own code is compiled. Warnings are errors here; dependencies come in as system headers.
option(RDPMEDIC_TESTS "Build the tests" ON)
set(RDPMEDIC_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")

add_library(rdpmedic_options INTERFACE)
target_compile_features(rdpmedic_options INTERFACE cxx_std_20)
target_include_directories(rdpmedic_options INTERFACE ${PROJECT_SOURCE_DIR})
if(MSVC)
    target_compile_options(rdpmedic_options INTERFACE /W4 /WX /utf-8 /EHsc /permissive- /bigobj)
else()
    target_compile_options(rdpmedic_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
endif()
if(MINGW)
    # Beast's and nlohmann's templates overflow the default section count of COFF objects.
    target_compile_options(rdpmedic_options INTERFACE -Wa,-mbig-obj)
endif()
if(WIN32)
    target_compile_definitions(rdpmedic_options INTERFACE _WIN32_WINNT=0x0A00 NTDDI_VERSION=0x0A000006 UNICODE _UNICODE
        WIN32_LEAN_AND_MEAN NOMINMAX)
endif()
if(RDPMEDIC_SANITIZE)
    target_compile_options(rdpmedic_options INTERFACE -fsanitize=${RDPMEDIC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(NOT MSVC)
        # GCC says itself that sanitizers make this warning wrong; it finds "uninitialized" inside <regex> and <variant>.
        # https://gcc.gnu.org/onlinedocs/gcc/Instrumentation-Options.html
        # The same goes for the allocation of Asio's coroutine frames.
        target_compile_options(rdpmedic_options INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
    endif()
    target_link_options(rdpmedic_options INTERFACE -fsanitize=${RDPMEDIC_SANITIZE})
endif()
