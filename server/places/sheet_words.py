"""What a printed enrolment sheet tells the person who gets it, in the languages that the project writes itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Words beside a code. `steps`: what to do, in order; `{until}` in `once` is the last day."""

    language: str
    title: str
    steps: tuple[str, ...]
    once: str


_WORDS = (
    SheetWords(
        "en",
        "Join your device to the alerts",
        (
            "Have this device ready, with a network connection.",
            "In the Tocsin program, choose to join, and scan the square. Or type the address and the code.",
            "Give this paper to nobody else. Destroy it when you have joined.",
        ),
        "The code works once, until {until}.",
    ),
    SheetWords(
        "fr",
        "Inscrivez votre appareil aux alertes",
        (
            "Préparez cet appareil, connecté au réseau.",
            "Dans le programme Tocsin, choisissez l’inscription et scannez le carré. Ou tapez l’adresse et le code.",
            "Ne donnez cette feuille à personne. Détruisez-la une fois inscrit.",
        ),
        "Le code sert une seule fois, jusqu’au {until}.",
    ),
    SheetWords(
        "pt",
        "Inscreva o seu aparelho nos alertas",
        (
            "Prepare este aparelho, ligado à rede.",
            "No programa Tocsin, escolha a inscrição e leia o quadrado. Ou escreva o endereço e o código.",
            "Não dê esta folha a ninguém. Destrua-a depois da inscrição.",
        ),
        "O código serve uma só vez, até {until}.",
    ),
    SheetWords(
        "es",
        "Inscriba su dispositivo en las alertas",
        (
            "Prepare este dispositivo, conectado a la red.",
            "En el programa Tocsin, elija la inscripción y escanee el cuadrado. O escriba la dirección y el código.",
            "No dé esta hoja a nadie. Destrúyala después de inscribirse.",
        ),
        "El código sirve una sola vez, hasta el {until}.",
    ),
    SheetWords(
        "sw",
        "Unganisha kifaa chako na tahadhari",
        (
            "Andaa kifaa hiki, kiwe na mtandao.",
            "Katika programu ya Tocsin, chagua kujiunga, kisha skani mraba huu. Au andika anwani na msimbo.",
            "Usimpe mtu mwingine karatasi hii. Iharibu baada ya kujiunga.",
        ),
        "Msimbo hutumika mara moja tu, hadi {until}.",
    ),
    SheetWords(
        "ar",
        "سجّل جهازك لتلقّي التنبيهات",
        (
            "جهّز هذا الجهاز وتأكّد من اتصاله بالشبكة.",
            "في برنامج Tocsin اختر الانضمام ثم امسح المربّع. أو اكتب العنوان والرمز.",
            "لا تعط هذه الورقة لأي شخص آخر. أتلفها بعد الانضمام.",
        ),
        "يُستعمل الرمز مرة واحدة فقط، حتى {until}.",
    ),
    SheetWords(
        "hi",
        "अपने उपकरण को चेतावनियों से जोड़ें",
        (
            "यह उपकरण तैयार रखें, नेटवर्क से जुड़ा हुआ।",
            "Tocsin प्रोग्राम में जुड़ना चुनें और चौकोर को स्कैन करें। या पता और कोड लिखें।",
            "यह कागज़ किसी और को न दें। जुड़ने के बाद इसे नष्ट कर दें।",
        ),
        "कोड केवल एक बार, {until} तक चलता है।",
    ),
)
WORDS = {words.language: words for words in _WORDS}
"""By language; the first is what is said where there is no other."""


def words_for(languages: Sequence[str] | None) -> SheetWords:
    """The words in the first of a device's languages that there are words in; else in English."""
    for tag in languages or ():
        found = WORDS.get(tag.partition("-")[0].lower())
        if found is not None:
            return found
    return _WORDS[0]
