"""What is said of settings that cannot be used. No value is told: it may be a secret."""

from pathlib import Path

from pydantic import ValidationError

from schema.errors import Problem, RequestError


def not_valid(error: ValidationError, prefix: str) -> RequestError:
    """Every setting that is not as it must be, by the name that it has in the environment."""
    return RequestError(
        Problem(
            "SETTING_INVALID",
            prefix + "__".join(map(str, each["loc"])).upper(),
            zh="设置有误",
            en=each["msg"],
            remedy_zh="对照 README 的设置表改正环境变量或 dexhub.toml",
            remedy_en="mend the environment or dexhub.toml by the README's table of settings",
        )
        for each in error.errors(include_input=False, include_url=False)
    )


def not_toml(path: str, error: ValueError) -> RequestError:
    """The file of settings cannot be read at all."""
    return RequestError(
        Problem(
            "SETTING_INVALID",
            path,
            zh="设置文件不是 TOML",
            en=f"the file of settings is no TOML: {error}",
            remedy_zh="改正所述一行",
            remedy_en="mend the line it names",
        )
    )


def secret_in(path: Path) -> str:
    """The secret that a file holds; RequestError where it cannot be read."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(
            Problem(
                "SECRET_UNREADABLE",
                str(path),
                value=type(error).__name__,
                zh="密钥文件不存在或不可读",
                en="there is no such file of a secret, or it cannot be read",
                remedy_zh="核对路径与权限（运行用户可读，chmod 600）",
                remedy_en="check the path and its mode: readable by the user that runs this, chmod 600",
            )
        ) from None
