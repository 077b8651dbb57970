# Where Boost, OpenSSL, nlohmann_json, spdlog, CLI11 and Catch2 come from, as one interface target each way:
# Debian's packages natively, the same headers through a folder of links for mingw-w64 (never -I/usr/include, which
# holds glibc's headers too), and vcpkg on Windows.
find_package(Threads REQUIRED)
add_library(rdpmedic_dependencies INTERFACE)

if(MINGW AND CMAKE_CROSSCOMPILING)
    set(links ${PROJECT_SOURCE_DIR}/build/deps/include)
    file(MAKE_DIRECTORY ${links})
    foreach(name boost nlohmann spdlog fmt CLI catch2)
        if(NOT EXISTS /usr/include/${name})
            message(FATAL_ERROR "/usr/include/${name} is missing; ./installer/dependencies.sh installs it")
        endif()
        file(CREATE_LINK /usr/include/${name} ${links}/${name} SYMBOLIC)
    endforeach()
    set(openssl ${PROJECT_SOURCE_DIR}/build/deps/openssl-windows)
    if(NOT EXISTS ${openssl}/lib/libssl.a)
        message(FATAL_ERROR "${openssl}/lib/libssl.a is missing; ./installer/openssl-windows.sh builds it")
    endif()
    target_include_directories(rdpmedic_dependencies SYSTEM INTERFACE ${links} ${openssl}/include)
    target_link_libraries(rdpmedic_dependencies INTERFACE ${openssl}/lib/libssl.a ${openssl}/lib/libcrypto.a
        Threads::Threads mswsock ws2_32 crypt32 ncrypt bcrypt gdi32 advapi32 user32)
else()
    find_package(OpenSSL 3.0 REQUIRED)
    find_package(Boost 1.81 REQUIRED)
    find_package(nlohmann_json REQUIRED)
    find_package(CLI11 REQUIRED)
    if(RDPMEDIC_TESTS)
        find_path(CATCH2_INCLUDE catch2/catch.hpp REQUIRED) # Catch2 2, as in Debian 12; version 3 has another header
        target_include_directories(rdpmedic_dependencies SYSTEM INTERFACE ${CATCH2_INCLUDE})
    endif()
    find_path(SPDLOG_INCLUDE spdlog/spdlog.h REQUIRED)
    target_include_directories(rdpmedic_dependencies SYSTEM INTERFACE ${SPDLOG_INCLUDE})
    target_link_libraries(rdpmedic_dependencies INTERFACE OpenSSL::SSL OpenSSL::Crypto Boost::headers
        nlohmann_json::nlohmann_json CLI11::CLI11 Threads::Threads)
    if(WIN32)
        target_link_libraries(rdpmedic_dependencies INTERFACE mswsock ws2_32 crypt32 ncrypt bcrypt advapi32 user32)
    endif()
endif()
# Header-only everywhere, so that native and Windows run the same code.
target_compile_definitions(rdpmedic_dependencies INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY
    SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY OPENSSL_NO_DEPRECATED_3_0)
