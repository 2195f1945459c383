# %% total
total = sum(prices.values())
!echo shell; cat /etc/shadow
%system id
%load_ext autoreload
%env
# %% one
%%javascript
document.body.innerHTML = "<script>alert(1)</script>"
# %% two
%%html
<marquee onfinish=alert(1)>pages</marquee><script>alert(1)</script>
# %% three
%%bash
echo bash; ls -la / ; kill -9 1
# %% four
%%svg
<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>
# %% five
%%latex
\href{javascript:alert(1)}{x}
# %% six
%run /etc/passwd
%load_ext no_such_extension
%pip install left-pad
